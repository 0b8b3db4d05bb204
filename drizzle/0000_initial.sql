CREATE TABLE "audit_event" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_event_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text NOT NULL,
	"recorded_at" timestamp(3) with time zone NOT NULL,
	"patient" text NOT NULL,
	"client_id" text NOT NULL,
	"permitted" boolean NOT NULL,
	"entry" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "client" (
	"key" uuid PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"jwks" json NOT NULL,
	"grants" text[] NOT NULL,
	"scopes" text[] NOT NULL,
	"patients" text[],
	"organizations" text[],
	"resource" text,
	"may" text[] NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"disabled_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "signing_key" (
	"kid" text PRIMARY KEY NOT NULL,
	"public_jwk" json NOT NULL,
	"sealed" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"active_from" timestamp(3) with time zone NOT NULL,
	"retired_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "token" (
	"key" uuid PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"client_id" text NOT NULL,
	"resource_server" text,
	"patient" text,
	"scopes" text[] NOT NULL,
	"issued_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"revoked_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "used_assertion" (
	"client_id" text NOT NULL,
	"jti_hash" text NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "used_assertion_client_id_jti_hash_pk" PRIMARY KEY("client_id","jti_hash")
);
--> statement-breakpoint
CREATE TABLE "resource" (
	"key" uuid NOT NULL,
	"type" text NOT NULL,
	"id" text NOT NULL,
	"version" integer NOT NULL,
	"fhir_version" text NOT NULL,
	"patient" text,
	"status" text,
	"identifiers" text[] NOT NULL,
	"body" json NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"filed_by" text NOT NULL,
	CONSTRAINT "resource_key_pk" PRIMARY KEY("key")
);
--> statement-breakpoint
CREATE TABLE "resource_history" (
	"key" uuid NOT NULL,
	"type" text NOT NULL,
	"id" text NOT NULL,
	"version" integer NOT NULL,
	"fhir_version" text NOT NULL,
	"patient" text,
	"status" text,
	"identifiers" text[] NOT NULL,
	"body" json NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"filed_by" text NOT NULL,
	CONSTRAINT "resource_history_type_id_version_pk" PRIMARY KEY("type","id","version")
);
--> statement-breakpoint
CREATE TABLE "approval" (
	"key" uuid PRIMARY KEY NOT NULL,
	"token_id" text NOT NULL,
	"process" text NOT NULL,
	"client_id" text NOT NULL,
	"resource_server" text NOT NULL,
	"patient" text NOT NULL,
	"permissions" json NOT NULL,
	"party" json NOT NULL,
	"subject" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ticket" (
	"key" uuid PRIMARY KEY NOT NULL,
	"secret_hash" text NOT NULL,
	"process" text NOT NULL,
	"resource_server" text NOT NULL,
	"patient" text NOT NULL,
	"permissions" json NOT NULL,
	"client_id" text,
	"party" json,
	"issued_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"consumed_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "trusted_issuer" (
	"issuer" text PRIMARY KEY NOT NULL,
	"jwks" json NOT NULL,
	"client_ids" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "uma_resource" (
	"key" uuid PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"resource_server" text NOT NULL,
	"patient" text NOT NULL,
	"description" json NOT NULL,
	"registered_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "audit_event_id" ON "audit_event" USING btree ("id");--> statement-breakpoint
CREATE INDEX "audit_event_patient" ON "audit_event" USING btree ("patient","sequence");--> statement-breakpoint
CREATE INDEX "audit_event_client" ON "audit_event" USING btree ("client_id","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "client_id" ON "client" USING btree ("id");--> statement-breakpoint
CREATE UNIQUE INDEX "client_resource" ON "client" USING btree ("resource");--> statement-breakpoint
CREATE UNIQUE INDEX "token_id" ON "token" USING btree ("id");--> statement-breakpoint
CREATE INDEX "token_client" ON "token" USING btree ("client_id","key");--> statement-breakpoint
CREATE INDEX "token_patient" ON "token" USING btree ("patient","key");--> statement-breakpoint
CREATE INDEX "token_expires_at" ON "token" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "used_assertion_expires_at" ON "used_assertion" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "resource_type_id" ON "resource" USING btree ("type","id");--> statement-breakpoint
CREATE INDEX "resource_type_key" ON "resource" USING btree ("type","key");--> statement-breakpoint
CREATE INDEX "resource_patient" ON "resource" USING btree ("type","patient","status","key");--> statement-breakpoint
CREATE INDEX "resource_identifiers" ON "resource" USING gin ("identifiers");--> statement-breakpoint
CREATE INDEX "resource_role_practitioner" ON "resource" USING btree (("body"->'practitioner'->>'reference')) WHERE "resource"."type" = 'PractitionerRole';--> statement-breakpoint
CREATE INDEX "resource_history_patient" ON "resource_history" USING btree ("type","patient","key");--> statement-breakpoint
CREATE UNIQUE INDEX "approval_token_id" ON "approval" USING btree ("token_id");--> statement-breakpoint
CREATE INDEX "approval_patient" ON "approval" USING btree ("patient","key");--> statement-breakpoint
CREATE INDEX "approval_process" ON "approval" USING btree ("process");--> statement-breakpoint
CREATE UNIQUE INDEX "ticket_secret_hash" ON "ticket" USING btree ("secret_hash");--> statement-breakpoint
CREATE INDEX "ticket_patient" ON "ticket" USING btree ("patient","key");--> statement-breakpoint
CREATE INDEX "ticket_expires_at" ON "ticket" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "uma_resource_id" ON "uma_resource" USING btree ("id");--> statement-breakpoint
CREATE INDEX "uma_resource_server" ON "uma_resource" USING btree ("resource_server","key");--> statement-breakpoint
CREATE INDEX "uma_resource_patient" ON "uma_resource" USING btree ("patient","key");