import type { Component, InjectionKey } from 'vue'

/** The shell's own way to pick what the system knows (an area, an organisation, a colleague, a bed,
 * a case): takes `id`, `field`, `value`, tells `set`. */
export const PICKER: InjectionKey<Component> = Symbol('picker')
