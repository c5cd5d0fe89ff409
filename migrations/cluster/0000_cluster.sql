CREATE TABLE `journal` (
	`seq` integer PRIMARY KEY NOT NULL,
	`command` text NOT NULL,
	`revision` integer NOT NULL,
	`digest` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `checkpoints` (
	`id` integer PRIMARY KEY NOT NULL,
	`header` text NOT NULL,
	`journal_seq` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `records` (
	`table_name` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`table_name`, `key`)
);
--> statement-breakpoint
CREATE TABLE `changes` (
	`first_revision` integer PRIMARY KEY NOT NULL,
	`last_revision` integer NOT NULL,
	`body` text NOT NULL
);
