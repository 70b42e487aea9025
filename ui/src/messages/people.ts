import { catalogue } from './catalogue'
import { en } from './people.en'
import { vi } from './people.vi'

export const people = catalogue(vi, en)
