CREATE TABLE `forks` (
	`file` text PRIMARY KEY NOT NULL,
	`checkpoint_seq` integer NOT NULL,
	`oldest_revision` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `identity` ADD `origin` text;