import type { InjectionKey } from 'vue'

/** The case whose form is on the screen, for questions that are about its people. */
export const CASE_ID: InjectionKey<string> = Symbol('case')
