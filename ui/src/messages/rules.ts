import { catalogue } from './catalogue'
import { en } from './rules.en'
import { vi } from './rules.vi'

export const rules = catalogue(vi, en)
