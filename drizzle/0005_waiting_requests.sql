ALTER TABLE "submitted_request" ADD COLUMN "about" text;--> statement-breakpoint
UPDATE "submitted_request" SET "about" = "patient";--> statement-breakpoint
ALTER TABLE "submitted_request" ALTER COLUMN "about" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "submitted_request" ADD COLUMN "consents" text[];--> statement-breakpoint
ALTER TABLE "submitted_request" ADD COLUMN "acting_client" text;--> statement-breakpoint
ALTER TABLE "submitted_request" ADD COLUMN "account" text;--> statement-breakpoint
ALTER TABLE "ticket" ADD COLUMN "pct_hash" text;--> statement-breakpoint
CREATE INDEX "submitted_request_waiting" ON "submitted_request" USING btree ("client_id","about","expires_at") WHERE "submitted_request"."answer" is null;