import { catalogue } from './catalogue'
import { en } from './directives.en'
import { vi } from './directives.vi'

export const directives = catalogue(vi, en)
