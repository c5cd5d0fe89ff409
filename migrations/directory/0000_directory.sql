CREATE TABLE `clusters` (
	`name` text PRIMARY KEY NOT NULL,
	`config` text NOT NULL,
	`created_at` text NOT NULL,
	`is_running` integer NOT NULL,
	`file` text NOT NULL
);
