import { catalogue } from './catalogue'
import { en } from './models.en'
import { vi } from './models.vi'

export const models = catalogue(vi, en)
