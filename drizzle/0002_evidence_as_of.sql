ALTER TABLE "resource_history" ADD COLUMN "decision_entries" text[] NOT NULL DEFAULT '{}';--> statement-breakpoint
UPDATE "resource_history" SET "decision_entries" = "found"."entries"
	FROM (SELECT "type", "id", ARRAY(SELECT entry FROM unnest("entries") AS entry WHERE entry ~ '^((identifier|participant|subject:identifier|patient:identifier|((link|member|organization|partof|practitioner)(:identifier)?))=|subject=Group/)') AS "entries" FROM "resource") AS "found"
	WHERE "resource_history"."type" = "found"."type" AND "resource_history"."id" = "found"."id" AND "found"."entries" <> '{}';--> statement-breakpoint
ALTER TABLE "resource_history" ALTER COLUMN "decision_entries" DROP DEFAULT;--> statement-breakpoint
CREATE INDEX "resource_history_decision_entries" ON "resource_history" USING gin ("decision_entries") WITH (fastupdate=false);--> statement-breakpoint
ALTER INDEX "resource_entries" SET (fastupdate=false);
