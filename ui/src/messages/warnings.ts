import { catalogue } from './catalogue'
import { en } from './warnings.en'
import { vi } from './warnings.vi'

export const warnings = catalogue(vi, en)
