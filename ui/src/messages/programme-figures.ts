import { catalogue } from './catalogue'
import { en } from './programme-figures.en'
import { vi } from './programme-figures.vi'

export const figures = catalogue(vi, en)
