/** Forms as the server defines them (GET /kinds), brought into the shape that both shells draw. */
import type { components } from '@/api/schema'

export type Definitions = components['schemas']['Definitions']
export type KindDefinition = components['schemas']['KindDefinition']
export type ActionDefinition = components['schemas']['ActionDefinition']
export type Instrument = components['schemas']['InstrumentShown']

export type FieldType =
  | 'choice' | 'choices' | 'yes' | 'text' | 'whole' | 'amount' | 'date' | 'moment' | 'id'
  | 'person' | 'people' | 'ids'

export interface When { field: string; values: (string | boolean)[] }
export interface Option { value: string; label: string }

export interface Field {
  name: string
  title: string
  hint: string | null
  type: FieldType
  /** How secret: S0 to S4. */
  sight: string
  /** The article that asks for it. */
  source: string
  required: boolean
  widget: string | null
  options: Option[]
  visibleIf: When | null
  requiredIf: When | null
  least: number | null
  most: number | null
  /** The least itself is too little. */
  beyond: boolean
  minLength: number | null
  maxLength: number | null
  minItems: number | null
  maxItems: number | null
  pattern: string | null
  /** The fields of the person asked for. */
  person: Field[]
}

export interface FormDefinition { name: string; title: string; fields: Field[] }

type Schema = Record<string, unknown> & {
  properties?: Record<string, Schema>
  anyOf?: Schema[]
  items?: Schema
  required?: string[]
  enum?: string[]
}
type Schemas = Record<string, Schema>

/** The form of that name. Throws for a name the definitions do not have. */
export function readForm(definitions: Pick<Definitions, 'schemas'>, name: string): FormDefinition {
  const schemas = definitions.schemas as Schemas
  const schema = schemas[name]
  if (!schema) throw new Error(`no form ${name}`)
  return { name, title: String(schema.title ?? name), fields: readFields(schemas, schema) }
}

function readFields(schemas: Schemas, schema: Schema): Field[] {
  const required = new Set(schema.required ?? [])
  return Object.entries(schema.properties ?? {}).map(([name, property]) =>
    readField(schemas, name, property, required.has(name)),
  )
}

function readField(schemas: Schemas, name: string, property: Schema, required: boolean): Field {
  const core = coreOf(property)
  const target = resolve(schemas, core)
  const type = typeOf(schemas, core, target)
  const inner = type === 'people' || type === 'choices' ? resolve(schemas, core.items ?? {}) : target
  const number = (key: string) => (typeof core[key] === 'number' ? (core[key] as number) : null)
  return {
    name,
    title: String(property.title ?? name),
    hint: property.description ? String(property.description) : null,
    type,
    sight: String(property['x-sight'] ?? 'S4'),
    source: String(property['x-source'] ?? ''),
    required,
    widget: property['x-widget'] ? String(property['x-widget']) : null,
    options: optionsOf(inner),
    visibleIf: (property['x-visible-if'] as When | undefined) ?? null,
    requiredIf: (property['x-required-if'] as When | undefined) ?? null,
    least: number('minimum') ?? number('exclusiveMinimum'),
    most: number('maximum') ?? number('exclusiveMaximum'),
    beyond: number('exclusiveMinimum') !== null,
    minLength: number('minLength'),
    maxLength: number('maxLength'),
    minItems: number('minItems'),
    maxItems: number('maxItems'),
    pattern: core.pattern ? String(core.pattern) : null,
    person: type === 'person' || type === 'people' ? readFields(schemas, inner) : [],
  }
}

/** What an optional answer is when it is given. */
function coreOf(property: Schema): Schema {
  const given = property.anyOf?.filter((part) => part.type !== 'null')
  return given?.[0] ?? property
}

function resolve(schemas: Schemas, schema: Schema): Schema {
  const ref = schema.$ref
  return typeof ref === 'string' ? (schemas[ref.slice(ref.lastIndexOf('/') + 1)] ?? {}) : schema
}

function typeOf(schemas: Schemas, core: Schema, target: Schema): FieldType {
  if (core.type === 'array') {
    const item = resolve(schemas, core.items ?? {})
    return item.properties ? 'people' : item.enum ? 'choices' : 'ids'
  }
  if (target.properties) return 'person'
  if (target.enum) return 'choice'
  switch (core.type) {
    case 'boolean': return 'yes'
    case 'integer': return 'whole'
    case 'number': return 'amount'
  }
  switch (core.format) {
    case 'date': return 'date'
    case 'date-time': return 'moment'
    case 'uuid': return 'id'
  }
  return 'text'
}

function optionsOf(schema: Schema): Option[] {
  const labels = (schema['x-labels'] ?? {}) as Record<string, string>
  return (schema.enum ?? []).map((value) => ({ value, label: labels[value] ?? value }))
}
