import { catalogue } from './catalogue'
import { en } from './login.en'
import { vi } from './login.vi'

export const login = catalogue(vi, en)
