CREATE TABLE "authorization" (
	"key" uuid PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"client_id" text NOT NULL,
	"patient" text NOT NULL,
	"scopes" text[] NOT NULL,
	"resources" text[] NOT NULL,
	"authorized_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"revoked_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "authorization_code" (
	"code_hash" text PRIMARY KEY NOT NULL,
	"authorization" text NOT NULL,
	"client_id" text NOT NULL,
	"redirect_uri" text NOT NULL,
	"is_redirect_named" boolean NOT NULL,
	"code_challenge" text NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"used_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "rate_limit" (
	"bucket" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "refresh_token" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"authorization" text NOT NULL,
	"client_id" text NOT NULL,
	"issued_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"used_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "session" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"patient" text NOT NULL,
	"signed_in_at" timestamp(3) with time zone NOT NULL,
	"last_seen_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pct" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"party" json NOT NULL,
	"issued_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"revoked_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "submitted_request" (
	"key" uuid PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"process" text NOT NULL,
	"patient" text NOT NULL,
	"client_id" text NOT NULL,
	"resource_server" text NOT NULL,
	"permissions" json NOT NULL,
	"party" json NOT NULL,
	"submitted_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"interval_seconds" integer NOT NULL,
	"polled_at" timestamp(3) with time zone NOT NULL,
	"answer" text,
	"answered_at" timestamp(3) with time zone
);
--> statement-breakpoint
ALTER TABLE "client" ADD COLUMN "jwks_uri" text;--> statement-breakpoint
ALTER TABLE "client" ADD COLUMN "secret_hash" text;--> statement-breakpoint
ALTER TABLE "client" ADD COLUMN "redirect_uris" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "client" ADD COLUMN "claims_redirect_uris" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "client" ADD COLUMN "token_format" text DEFAULT 'jwt' NOT NULL;--> statement-breakpoint
ALTER TABLE "client" ADD COLUMN "asynchronous_approval" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "token" ADD COLUMN "secret_hash" text;--> statement-breakpoint
ALTER TABLE "token" ADD COLUMN "authorization" text;--> statement-breakpoint
ALTER TABLE "approval" ADD COLUMN "pct_hash" text;--> statement-breakpoint
ALTER TABLE "approval" ADD COLUMN "expires_at" timestamp(3) with time zone;--> statement-breakpoint
UPDATE "approval" SET "expires_at" = coalesce((SELECT "token"."expires_at" FROM "token" WHERE "token"."id" = "approval"."token_id"), now());--> statement-breakpoint
ALTER TABLE "approval" ALTER COLUMN "expires_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "trusted_issuer" ADD COLUMN "jwks_uri" text;--> statement-breakpoint
CREATE UNIQUE INDEX "authorization_id" ON "authorization" USING btree ("id");--> statement-breakpoint
CREATE INDEX "authorization_client" ON "authorization" USING btree ("client_id","key");--> statement-breakpoint
CREATE INDEX "authorization_patient" ON "authorization" USING btree ("patient","key");--> statement-breakpoint
CREATE INDEX "authorization_expires_at" ON "authorization" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "authorization_code_expires_at" ON "authorization_code" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "rate_limit_expires_at" ON "rate_limit" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "refresh_token_authorization" ON "refresh_token" USING btree ("authorization");--> statement-breakpoint
CREATE INDEX "refresh_token_expires_at" ON "refresh_token" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "session_expires_at" ON "session" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "pct_expires_at" ON "pct" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "submitted_request_id" ON "submitted_request" USING btree ("id");--> statement-breakpoint
CREATE UNIQUE INDEX "submitted_request_process" ON "submitted_request" USING btree ("process");--> statement-breakpoint
CREATE INDEX "submitted_request_patient" ON "submitted_request" USING btree ("patient","key");--> statement-breakpoint
CREATE INDEX "submitted_request_expires_at" ON "submitted_request" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "token_secret_hash" ON "token" USING btree ("secret_hash");--> statement-breakpoint
CREATE INDEX "token_authorization" ON "token" USING btree ("authorization");--> statement-breakpoint
CREATE INDEX "approval_pct" ON "approval" USING btree ("pct_hash");--> statement-breakpoint
CREATE INDEX "approval_expires_at" ON "approval" USING btree ("expires_at");