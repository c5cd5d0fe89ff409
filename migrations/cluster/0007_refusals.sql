CREATE TABLE `refusals` (
	`id` integer PRIMARY KEY NOT NULL,
	`number` integer NOT NULL,
	`revision` integer NOT NULL,
	`digest` text NOT NULL,
	`now_ms` integer NOT NULL,
	`wall_ms` integer NOT NULL,
	`client` text,
	`code` integer NOT NULL,
	`reason` text NOT NULL,
	`message` text NOT NULL,
	`line` text NOT NULL,
	`command` text NOT NULL,
	`is_shortened` integer NOT NULL,
	`checksum` integer NOT NULL
);
