ALTER TABLE "audit_event" ADD COLUMN "agents" text[] NOT NULL DEFAULT '{}';--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "review" text[] NOT NULL DEFAULT '{}';--> statement-breakpoint
CREATE FUNCTION "audit_token"("parameter" text, "system" text, "code" text) RETURNS text[] LANGUAGE sql AS $$
	SELECT ARRAY["parameter" || '=' || "bounded" || '|' || "code", "parameter" || '= ' || "code"]
		|| CASE WHEN "system" IS NULL THEN '{}' ELSE ARRAY["parameter" || '=' || "bounded" || '|'] END
	FROM (SELECT replace(replace(coalesce("system", ''), ' ', '%20'), '|', '%7C') AS "bounded") AS "part"
$$;--> statement-breakpoint
CREATE FUNCTION "audit_parties"("entry" json, "client" text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	"requester" json;
	"party" text;
BEGIN
	"requester" := "entry"->'requester';
	FOREACH "party" IN ARRAY ARRAY["requester"->>'reference', "requester"->>'organization'] LOOP
		IF "party" ~ '^[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}$' THEN RETURN NEXT 'agent=' || "party"; END IF;
	END LOOP;
	IF "requester"->>'reference' IS NULL AND coalesce(json_array_length("requester"->'identifiers'), 0) = 0 THEN
		RETURN QUERY SELECT unnest("audit_token"('agent:identifier', NULL, coalesce("requester"->>'clientId', "client")));
	END IF;
	RETURN QUERY SELECT unnest("audit_token"('agent:identifier', "each"->>'system', "each"->>'value'))
		FROM json_array_elements("requester"->'identifiers') AS "each";
	RETURN QUERY SELECT unnest("audit_token"('agent-role', "each"->>'system', "each"->>'code'))
		FROM json_array_elements("requester"->'roles') AS "each";
-- Text that cannot be taken out of JSON, such as a NUL: no other row shall suffer for it.
EXCEPTION WHEN data_exception THEN
	RETURN;
END
$$;--> statement-breakpoint
UPDATE "audit_event" SET "agents" = ARRAY(
	SELECT DISTINCT CASE WHEN octet_length("agent") <= 1000 THEN "agent"
		ELSE left("agent", 100) || ' ' || encode(sha256(convert_to("agent", 'UTF8')), 'hex') END
	FROM (
		SELECT unnest("audit_token"('agent:identifier', NULL, "client_id")) AS "agent"
		UNION ALL
		SELECT "party" FROM "audit_parties"("entry", "client_id") AS "party"
			WHERE "type" = '110113'
	) AS "agents"
);--> statement-breakpoint
DROP FUNCTION "audit_parties"(json, text);--> statement-breakpoint
DROP FUNCTION "audit_token"(text, text, text);--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "agents" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "review" DROP DEFAULT;--> statement-breakpoint
CREATE INDEX "audit_event_agents" ON "audit_event" USING gin ("agents");--> statement-breakpoint
CREATE INDEX "audit_event_review" ON "audit_event" USING btree ("sequence") WHERE "audit_event"."review" <> '{}';
