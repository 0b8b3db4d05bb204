/** The one modifier extension we understand: obligations a provision puts on whoever receives the data (O-3). */
export const limitExtension = 'http://hl7.org/fhir/StructureDefinition/consent-provision-limit';
