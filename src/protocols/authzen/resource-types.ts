/** Which words are resource types of FHIR, and which of them hold data of a patient. */

/** The patient compartments of R4 and R5, without Patient: in AuthZEN that word stands for the whole record. */
export const patientDataTypes: readonly string[] = (
  'Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse Basic ' +
  'BiologicallyDerivedProductDispense BodyStructure CarePlan CareTeam ChargeItem Claim ClaimResponse ' +
  'ClinicalImpression Communication CommunicationRequest Composition Condition Consent Contract ' +
  'Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device ' +
  'DeviceAssociation DeviceDispense DeviceRequest DeviceUsage DeviceUseStatement DiagnosticReport ' +
  'DocumentManifest DocumentReference Encounter EncounterHistory EnrollmentRequest EpisodeOfCare ' +
  'ExplanationOfBenefit FamilyMemberHistory Flag GenomicStudy Goal GuidanceResponse ImagingSelection ' +
  'ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation Invoice List ' +
  'MeasureReport Media MedicationAdministration MedicationDispense MedicationRequest ' +
  'MedicationStatement MolecularSequence NutritionIntake NutritionOrder Observation Person ' +
  'Procedure Provenance QuestionnaireResponse RelatedPerson RequestGroup RequestOrchestration ' +
  'ResearchSubject RiskAssessment ServiceRequest Specimen SupplyDelivery SupplyRequest Task Transport ' +
  'VisionPrescription'
).split(' ');

const otherTypes = (
  'Patient ActivityDefinition ActorDefinition AdministrableProductDefinition ArtifactAssessment AuditEvent ' +
  'Binary BiologicallyDerivedProduct Bundle CapabilityStatement CatalogEntry ChargeItemDefinition ' +
  'Citation ClinicalUseDefinition CodeSystem CompartmentDefinition ConceptMap ConditionDefinition ' +
  'DeviceDefinition DeviceMetric EffectEvidenceSynthesis Endpoint EnrollmentResponse EventDefinition ' +
  'Evidence EvidenceReport EvidenceVariable ExampleScenario FormularyItem GraphDefinition Group ' +
  'HealthcareService ImplementationGuide Ingredient InsurancePlan InventoryItem InventoryReport Library ' +
  'Linkage Location ManufacturedItemDefinition Measure Medication MedicationKnowledge MedicinalProduct ' +
  'MedicinalProductAuthorization MedicinalProductContraindication MedicinalProductDefinition ' +
  'MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction ' +
  'MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical ' +
  'MedicinalProductUndesirableEffect MessageDefinition MessageHeader NamingSystem NutritionProduct ' +
  'ObservationDefinition OperationDefinition OperationOutcome Organization OrganizationAffiliation ' +
  'PackagedProductDefinition Parameters PaymentNotice PaymentReconciliation Permission PlanDefinition ' +
  'Practitioner PractitionerRole Questionnaire RegulatedAuthorization Requirements ResearchDefinition ' +
  'ResearchElementDefinition ResearchStudy RiskEvidenceSynthesis Schedule SearchParameter Slot ' +
  'SpecimenDefinition StructureDefinition StructureMap Subscription SubscriptionStatus ' +
  'SubscriptionTopic Substance SubstanceDefinition SubstanceNucleicAcid SubstancePolymer ' +
  'SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification ' +
  'TerminologyCapabilities TestPlan TestReport TestScript ValueSet VerificationResult'
).split(' ');

const known: ReadonlySet<string> = new Set([...patientDataTypes, ...otherTypes]);

export const isResourceType = (name: string): boolean => known.has(name);
