ALTER TABLE `identity` ADD `labels` text;--> statement-breakpoint
ALTER TABLE `identity` ADD `ttl_ms` integer;