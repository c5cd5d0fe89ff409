CREATE TABLE `__new_records` (
	`table_name` text NOT NULL,
	`key` text NOT NULL,
	`from_seq` integer NOT NULL,
	`to_seq` integer,
	`value` text NOT NULL,
	`checksum` integer NOT NULL,
	PRIMARY KEY(`table_name`, `key`, `from_seq`)
);
--> statement-breakpoint
INSERT INTO `__new_records` SELECT `table_name`, `key`, (SELECT `journal_seq` FROM `checkpoints`), NULL, `value`, `checksum` FROM `records` ORDER BY `rowid`;
--> statement-breakpoint
DROP TABLE `records`;
--> statement-breakpoint
ALTER TABLE `__new_records` RENAME TO `records`;
--> statement-breakpoint
CREATE INDEX `records_to_seq` ON `records` (`to_seq`);
--> statement-breakpoint
CREATE TABLE `__new_checkpoints` (
	`journal_seq` integer PRIMARY KEY NOT NULL,
	`header` text NOT NULL,
	`record_count` integer NOT NULL,
	`record_sum` integer NOT NULL,
	`checksum` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `__new_checkpoints` SELECT `journal_seq`, `header`, `record_count`, `record_sum`, `checksum` FROM `checkpoints`;
--> statement-breakpoint
DROP TABLE `checkpoints`;
--> statement-breakpoint
ALTER TABLE `__new_checkpoints` RENAME TO `checkpoints`;
--> statement-breakpoint
ALTER TABLE `journal` ADD `now_ms` integer;
--> statement-breakpoint
ALTER TABLE `journal` ADD `wall_ms` integer;
--> statement-breakpoint
ALTER TABLE `journal` ADD `client` text;
