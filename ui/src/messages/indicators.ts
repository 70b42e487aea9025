import { catalogue } from './catalogue'
import { en } from './indicators.en'
import { vi } from './indicators.vi'

export const indicators = catalogue(vi, en)
