import { catalogue } from './catalogue'
import { en } from './indices.en'
import { vi } from './indices.vi'

export const indices = catalogue(vi, en)
