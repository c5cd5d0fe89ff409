ALTER TABLE `clusters` ADD `uid` text;--> statement-breakpoint
ALTER TABLE `clusters` ADD `checksum` integer DEFAULT 0 NOT NULL;