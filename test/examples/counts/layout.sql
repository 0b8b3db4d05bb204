-- The layout that src/enforcement/render-sql.ts asks, as an example: what `indexFacts` says of a resource, one table
-- for each kind of fact. The prefix `fact` and the schema are the deployment's to choose. Whoever writes a resource
-- writes these rows in the same transaction; what has no row in fact_resource is hidden.

create table fact_resource (
  resource text primary key, -- Type/id
  type text not null,
  version text,
  confidentiality smallint check (confidentiality between 0 and 5), -- U L M N R V; null: labels say nothing
  coded boolean not null, -- what it is about is said in codes, and nowhere in words alone
  starts timestamptz,
  ends timestamptz, -- inclusive; years 1 and 9999 where a bound is open, both null where it is undated
  check ((starts is null) = (ends is null))
);

create table fact_label (
  resource text not null references fact_resource on delete cascade,
  system text not null, -- one space where the code has no system
  code text not null,
  primary key (resource, system, code)
);

create table fact_code (
  resource text not null references fact_resource on delete cascade,
  system text not null,
  code text not null,
  primary key (resource, system, code)
);

create table fact_document_type (
  resource text not null references fact_resource on delete cascade,
  system text not null,
  code text not null,
  primary key (resource, system, code)
);

create table fact_profile (
  resource text not null references fact_resource on delete cascade,
  name text not null,
  primary key (resource, name)
);

create table fact_reference (
  resource text not null references fact_resource on delete cascade,
  name text not null, -- Type/id, or system|value
  via text not null check (via in ('any', 'context')), -- any element, or one that says where data belongs
  primary key (resource, name, via)
);

create table fact_author (
  resource text not null references fact_resource on delete cascade,
  name text not null,
  primary key (resource, name)
);
