CREATE TABLE `former_names` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `former_names_name_unique` ON `former_names` (`name`);