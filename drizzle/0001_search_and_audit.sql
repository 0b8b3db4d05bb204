CREATE TABLE "resource_date" (
	"resource" uuid NOT NULL,
	"parameter" text NOT NULL,
	"starts" timestamp(3) with time zone NOT NULL,
	"ends" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "resource_date_resource_parameter_starts_ends_pk" PRIMARY KEY("resource","parameter","starts","ends")
);
--> statement-breakpoint
DROP INDEX "resource_identifiers";--> statement-breakpoint
DROP INDEX "resource_role_practitioner";--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "patient" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "resource_history" ALTER COLUMN "body" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "outcome" text NOT NULL DEFAULT '0';--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "type" text NOT NULL DEFAULT '110113';--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "subtype" text NOT NULL DEFAULT 'AuthZ-Consent';--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "action" text NOT NULL DEFAULT 'E';--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "entities" text[] NOT NULL DEFAULT '{}';--> statement-breakpoint
ALTER TABLE "resource" ADD COLUMN "entries" text[] NOT NULL DEFAULT '{}';--> statement-breakpoint
ALTER TABLE "resource" ADD COLUMN "indexed_by" integer NOT NULL DEFAULT 0;--> statement-breakpoint
UPDATE "audit_event" SET
	"outcome" = CASE WHEN "permitted" THEN '0' ELSE '8' END,
	"subtype" = CASE WHEN json_array_length("entry"->'basis') > 0 THEN 'AuthZ-Consent' ELSE 'AuthZ-Role' END,
	"entities" = ARRAY["patient"] || ARRAY(SELECT DISTINCT name FROM json_array_elements("entry"->'basis') AS basis, unnest(ARRAY['Consent/' || (basis->>'consent'), 'Consent/' || (basis->>'consent') || '/_history/' || (basis->>'version')]) AS name),
	"entry" = ("entry"::jsonb || '{"kind":"decision"}')::json;--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "outcome" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "type" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "subtype" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "action" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "entities" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "resource" ALTER COLUMN "entries" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "resource" ALTER COLUMN "indexed_by" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "resource_date" ADD CONSTRAINT "resource_date_resource_resource_key_fk" FOREIGN KEY ("resource") REFERENCES "public"."resource"("key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "resource_date_starts" ON "resource_date" USING btree ("parameter","starts");--> statement-breakpoint
CREATE INDEX "resource_date_ends" ON "resource_date" USING btree ("parameter","ends");--> statement-breakpoint
CREATE INDEX "audit_event_recorded_at" ON "audit_event" USING btree ("recorded_at","sequence");--> statement-breakpoint
CREATE INDEX "audit_event_entities" ON "audit_event" USING gin ("entities");--> statement-breakpoint
CREATE INDEX "resource_type_updated_at" ON "resource" USING btree ("type","updated_at","key");--> statement-breakpoint
CREATE INDEX "resource_entries" ON "resource" USING gin ("entries");--> statement-breakpoint
CREATE INDEX "resource_indexed_by" ON "resource" USING btree ("indexed_by");--> statement-breakpoint
CREATE INDEX "resource_history_type_key" ON "resource_history" USING btree ("type","key");--> statement-breakpoint
ALTER TABLE "audit_event" DROP COLUMN "permitted";--> statement-breakpoint
ALTER TABLE "resource" DROP COLUMN "identifiers";--> statement-breakpoint
ALTER TABLE "resource_history" DROP COLUMN "identifiers";