ALTER TABLE `clusters` ADD `ttl_ms` integer;--> statement-breakpoint
ALTER TABLE `clusters` ADD `used_ms` integer;