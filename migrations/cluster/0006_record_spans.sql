DROP INDEX `records_to_seq`;--> statement-breakpoint
CREATE INDEX `records_span` ON `records` (`to_seq`,`from_seq`);