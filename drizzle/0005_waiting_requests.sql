ALTER TABLE "submitted_request" ADD COLUMN "consents" text[];--> statement-breakpoint
ALTER TABLE "ticket" ADD COLUMN "pct_hash" text;