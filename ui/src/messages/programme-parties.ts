import { catalogue } from './catalogue'
import { en } from './programme-parties.en'
import { vi } from './programme-parties.vi'

export const parties = catalogue(vi, en)
