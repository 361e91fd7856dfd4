import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import typescript from 'typescript-eslint'

const only = (files, group, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
})

export default typescript.config(
  { ignores: ['dist/', 'node_modules/', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  typescript.configs.recommended,
  vue.configs['flat/recommended'],
  {
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      'no-undef': 'off', // vue-tsc knows better
      'max-lines': ['error', { max: 300 }],
      'no-restricted-globals': ['error', 'localStorage', 'sessionStorage'],
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/no-v-html': 'error',
    },
  },
  // Names of columns, and nothing of anybody.
  { files: ['src/d/parts/useColumns.ts'], rules: { 'no-restricted-globals': 'off' } },
  only(['src/{api,domain,forms,offline,shared}/**'], ['vant*', 'element-plus*', '@/m/*', '@/d/*'],
    'Shared code knows neither shell nor its widgets.'),
  only(['src/m/**'], ['element-plus*', '@/d/*'], 'The phone downloads nothing of the desk.'),
  only(['src/d/**'], ['vant*', '@/m/*'], 'The desk shows nothing of the phone.'),
)
