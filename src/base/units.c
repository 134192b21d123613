// Units: the table of names, expressions of them, quantities, conversion, words for dimensions.
#include "units.h"

#include <math.h>
#include <string.h>

// ---- Names ----------------------------------------------------------------------------------------------

typedef struct unit_row {
  const char *name;      // words that mean the same are separated by "|"
  const char *prefixes;  // SI prefixes that it takes ("" none)
  bool        bare;      // may stand without a prefix
  double      scale;     // base units in one
  double      offset;
  int8_t      power[UNIT_DIMENSIONS];
} unit_row;

#define DAY_S     86400.0
#define YEAR_S    (365.2425 * 86400.0)  // mean Gregorian year, calendar.h
#define FT_M      0.3048                // international foot, 1959
#define BTU_J     1055.05585262         // International Table Btu. Source: NIST SP 811 (2008), appendix B.8
#define CELSIUS_K 273.15                // Source: BIPM, SI Brochure, 9th edition (2019), 2.3.1

// clang-format off
#define IS(d)        {[d] = 1}
#define ENERGY       {[UNIT_POWER] = 1, [UNIT_TIME] = 1}
#define RATE(d)      {[d] = 1, [UNIT_TIME] = -1}
#define SCALED(d, n) {[d] = n}
static const unit_row unit_rows[] = {
  // plain numbers
  {"x|frac|1",                   "", true, 1, 0, {0}},
  {"%|percent",                  "", true, 0.01, 0, {0}},
  {"bp",                         "", true, 1e-4, 0, {0}},
  // time
  {"s|second|seconds",           "", true, 1, 0, IS(UNIT_TIME)},
  {"ms",                         "", true, 1e-3, 0, IS(UNIT_TIME)},
  {"us",                         "", true, 1e-6, 0, IS(UNIT_TIME)},
  {"min|minute|minutes",         "", true, 60, 0, IS(UNIT_TIME)},
  {"h|hour|hours|hr|hrs",        "", true, 3600, 0, IS(UNIT_TIME)},
  {"day|days|d",                 "", true, DAY_S, 0, IS(UNIT_TIME)},
  {"week|weeks",                 "", true, 7 * DAY_S, 0, IS(UNIT_TIME)},
  {"month|months",               "", true, YEAR_S / 12, 0, IS(UNIT_TIME)},
  {"quarter|quarters",           "", true, YEAR_S / 4, 0, IS(UNIT_TIME)},
  {"year|years|yr|yrs",          "", true, YEAR_S, 0, IS(UNIT_TIME)},
  // power and energy
  {"W|watt|watts",               "kMGTPE", true, 1, 0, IS(UNIT_POWER)},
  {"Wh",                         "kMGTPE", true, 3600, 0, ENERGY},
  {"J|joule|joules",             "kMGTPE", true, 1, 0, ENERGY},
  {"Btu",                        "k", true, BTU_J, 0, ENERGY},
  {"MMBtu",                      "", true, 1e6 * BTU_J, 0, ENERGY},
  // money
  {"USD|$|US$|dollar|dollars",   "kMGBT", true, 1, 0, IS(UNIT_MONEY)},
  {"cent|cents",                 "", true, 0.01, 0, IS(UNIT_MONEY)},
  // length, area, volume
  {"m|metre|metres|meter|meters", "kcm", true, 1, 0, IS(UNIT_LENGTH)},
  {"ft|foot|feet",               "", true, FT_M, 0, IS(UNIT_LENGTH)},
  {"mile|miles|mi",              "", true, 5280 * FT_M, 0, IS(UNIT_LENGTH)},
  {"sqft",                       "", true, FT_M * FT_M, 0, SCALED(UNIT_LENGTH, 2)},
  {"ha|hectare|hectares",        "", true, 1e4, 0, SCALED(UNIT_LENGTH, 2)},
  {"acre|acres",                 "", true, 43560 * FT_M * FT_M, 0, SCALED(UNIT_LENGTH, 2)},
  {"L|litre|litres|liter|liters", "kM", true, 1e-3, 0, SCALED(UNIT_LENGTH, 3)},
  {"gal|gallon|gallons",         "kM", true, 3.785411784e-3, 0, SCALED(UNIT_LENGTH, 3)},  // US, 231 in3; NIST SP 811
  // mass
  {"g|gram|grams",               "k", true, 1e-3, 0, IS(UNIT_MASS)},
  {"t|tonne|tonnes",             "kMG", true, 1e3, 0, IS(UNIT_MASS)},
  {"tCO2|tCO2e",                 "kMG", true, 1e3, 0, IS(UNIT_MASS)},
  {"kgCO2|kgCO2e",               "", true, 1, 0, IS(UNIT_MASS)},
  {"gCO2|gCO2e",                 "", true, 1e-3, 0, IS(UNIT_MASS)},
  {"lb",                         "", true, 0.45359237, 0, IS(UNIT_MASS)},  // international pound, 1959
  // temperature
  {"K",                          "", true, 1, 0, IS(UNIT_TEMPERATURE)},
  {"degC|°C",                    "", true, 1, CELSIUS_K, IS(UNIT_TEMPERATURE)},
  {"degF|°F",                    "", true, 5.0 / 9.0, CELSIUS_K - 32 * 5.0 / 9.0, IS(UNIT_TEMPERATURE)},
  // what is counted
  {"GPU|GPUs",                   "kM", true, 1, 0, IS(UNIT_GPU)},
  {"rack|racks",                 "", true, 1, 0, IS(UNIT_RACK)},
  {"job|jobs",                   "", true, 1, 0, IS(UNIT_JOB)},
  {"token|tokens|tok",           "kMGBTP", true, 1, 0, IS(UNIT_TOKEN)},
  {"FLOP",                       "kMGTPEZY", true, 1, 0, IS(UNIT_FLOP)},
  {"bit|bits",                   "kMGTPE", true, 1, 0, IS(UNIT_BIT)},
  {"bps",                        "kMGTP", false, 1, 0, RATE(UNIT_BIT)},  // not alone: may be basis points
  {"byte|bytes",                 "kMGTPE", true, 8, 0, IS(UNIT_BIT)},
  {"B",                          "kMGTPE", false, 8, 0, IS(UNIT_BIT)},   // not alone: may be billions
  {"KiB",                        "", true, 8.0 * 1024, 0, IS(UNIT_BIT)},
  {"MiB",                        "", true, 8.0 * 1048576, 0, IS(UNIT_BIT)},
  {"GiB",                        "", true, 8.0 * 1073741824, 0, IS(UNIT_BIT)},
  {"TiB",                        "", true, 8.0 * 1099511627776, 0, IS(UNIT_BIT)},
};
#undef IS
#undef ENERGY
#undef RATE
#undef SCALED

// What people look for; unit_rows knows more (plurals, every prefix).
static const char *const unit_name_list[] = {
  "W", "kW", "MW", "GW", "TW", "Wh", "kWh", "MWh", "GWh", "TWh", "J", "kJ", "MJ", "GJ", "TJ", "Btu", "MMBtu",
  "USD", "kUSD", "MUSD", "BUSD", "$", "k$", "M$", "B$", "cent", "%", "percent", "bp", "x", "frac",
  "s", "ms", "us", "min", "h", "hour", "hours", "day", "days", "week", "weeks", "month", "months",
  "quarter", "quarters", "year", "years", "yr", "m", "cm", "mm", "km", "ft", "mile", "ft2", "sqft", "m2", "km2",
  "ha", "acre", "acres", "m3", "ft3", "L", "kL", "ML", "gallon", "gallons", "g", "kg", "t", "kt", "Mt",
  "tonne", "tonnes", "tCO2", "kgCO2", "gCO2", "lb", "K", "degC", "degF", "GPU", "GPUs", "rack", "racks",
  "job", "jobs", "token", "tokens", "ktok", "Mtok", "Gtok", "Ttok",
  "GFLOP/s", "TFLOP/s", "PFLOP/s", "EFLOP/s", "FLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP", "ZFLOP", "YFLOP",
  "bit", "bits", "kbit", "Mbit", "Gbit", "Tbit",
  "kbps", "Mbps", "Gbps", "Tbps", "byte", "bytes", "kB", "MB", "GB", "TB", "PB", "GiB", "TiB",
};
static const struct { const char *word; double scale; bool letter; } magnitudes[] = {
  {"k", 1e3, true}, {"M", 1e6, true}, {"B", 1e9, true}, {"bn", 1e9, true}, {"T", 1e12, true},
  {"thousand", 1e3, false}, {"million", 1e6, false}, {"billion", 1e9, false}, {"trillion", 1e12, false},
};
// clang-format on

enum { N_ROWS = sizeof unit_rows / sizeof unit_rows[0], MOST_POWER = 9 };

size_t      unit_names(void) { return sizeof unit_name_list / sizeof unit_name_list[0]; }
const char *unit_name(size_t i) { return unit_name_list[i]; }
const char *unit_nearest(text_slice bad) { return text_nearest(bad, unit_name_list, unit_names()); }

// ---- Single names ---------------------------------------------------------------------------------------

static bool starts_with(text_slice s, const char *word) {
  size_t n = strlen(word);
  return s.n >= n && memcmp(s.at, word, n) == 0;
}

static text_slice after(text_slice s, size_t n) { return (text_slice){s.at + n, s.n - n}; }

static text_slice skip_spaces(text_slice s) {
  while (s.n > 0 && (s.at[0] == ' ' || s.at[0] == '\t')) s = after(s, 1);
  return s;
}

// Is the word one of those in "a|b|c"?
static bool is_one_of(text_slice word, const char *names) {
  for (const char *at = names; *at;) {
    size_t n = strcspn(at, "|");
    if (n == word.n && memcmp(at, word.at, n) == 0) return true;
    at += n + (at[n] == '|');
  }
  return false;
}

static double prefix_scale(char prefix) {
  static const struct {
    char   letter;
    double scale;
  } prefixes[] = {
      {'m', 1e-3},
      {'c', 1e-2},
      {'k', 1e3 },
      {'M', 1e6 },
      {'G', 1e9 },
      {'B', 1e9 },
      {'T', 1e12},
      {'P', 1e15},
      {'E', 1e18},
      {'Z', 1e21},
      {'Y', 1e24}
  };
  for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
    if (prefixes[i].letter == prefix) return prefixes[i].scale;
  return 1;
}

// Whole names first, then prefix and name, in the order of the rows: "min" is no "m" + "in", "Mt" no "M" + "tok".
static bool find_name(text_slice word, unit *out) {
  for (size_t i = 0; i < N_ROWS; i++) {
    const unit_row *row = &unit_rows[i];
    bool            whole = row->bare && is_one_of(word, row->name);
    bool            prefixed = !whole && word.n > 1 && row->prefixes[0] && strchr(row->prefixes, word.at[0]) &&
                    word.at[0] != '\0' && is_one_of(after(word, 1), row->name);
    if (!whole && !prefixed) continue;
    *out = (unit){.scale = row->scale * (prefixed ? prefix_scale(word.at[0]) : 1), .offset = row->offset};
    memcpy(out->power, row->power, sizeof out->power);
    return true;
  }
  return false;
}

// Takes "2", "3", "^2", "^3" or the superscripts from the end of a word; 1 when there is none.
static int take_exponent(text_slice *word) {
  static const struct {
    const char *end;
    int         exponent;
  } ends[] = {
      {"^2",       2},
      {"^3",       3},
      {"\xC2\xB2", 2},
      {"\xC2\xB3", 3},
      {"2",        2},
      {"3",        3}
  };
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    size_t n = strlen(ends[i].end);
    if (word->n <= n || memcmp(word->at + word->n - n, ends[i].end, n) != 0) continue;
    word->n -= n;
    return ends[i].exponent;
  }
  return 1;
}

// One name, with an exponent if it is a length: "MW", "ft2".
static bool find_factor(text_slice word, unit *out) {
  if (find_name(word, out)) return true;
  text_slice base = word;
  int        exponent = take_exponent(&base);
  unit       length;
  if (exponent == 1 || !find_name(base, &length) || length.power[UNIT_LENGTH] != 1) return false;
  *out = length;
  for (int i = 1; i < exponent; i++) out->scale *= length.scale;
  out->power[UNIT_LENGTH] = (int8_t)exponent;
  return true;
}

// ---- Expressions ----------------------------------------------------------------------------------------

static const unit unit_none = {.scale = 1};

// u = u * f^sign; false when exponents or scale leave what a unit can hold.
static bool multiply(unit *u, const unit *f, int sign) {
  for (int d = 0; d < UNIT_DIMENSIONS; d++) {
    int power = u->power[d] + sign * f->power[d];
    if (power < -MOST_POWER || power > MOST_POWER) return false;
    u->power[d] = (int8_t)power;
  }
  u->scale = sign > 0 ? u->scale * f->scale : u->scale / f->scale;
  u->offset = 0;
  return isnormal(u->scale);
}

// The word that s begins with: up to white space, '/' or '-'.
static text_slice first_word(text_slice s) {
  size_t n = 0;
  while (n < s.n && !strchr(" \t/-", s.at[n])) n++;
  while (n < s.n && s.at[n] == '\0') n++;  // strchr finds the NUL too; a NUL is part of a (bad) word
  return (text_slice){s.at, n};
}

// "/" or "per": returns what follows it, or the same text when there is neither.
static text_slice take_divider(text_slice s) {
  if (starts_with(s, "/")) return after(s, 1);
  bool per = starts_with(s, "per") && s.n > 3 && (s.at[3] == ' ' || s.at[3] == '\t');
  return per ? after(s, 3) : s;
}

// Something that people count in thousands and millions, or money.
static bool is_countable(const unit *u) {
  static const int counted[] = {UNIT_MONEY, UNIT_GPU, UNIT_TOKEN, UNIT_RACK, UNIT_JOB, UNIT_FLOP};
  int              sum = 0, of_counted = 0;
  for (int d = 0; d < UNIT_DIMENSIONS; d++) sum += u->power[d] < 0 ? -u->power[d] : u->power[d];
  for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) of_counted += u->power[counted[i]] == 1;
  return sum == 1 && of_counted == 1;
}

// Takes a magnitude ("B" of "B USD", "million") from the front of s; scale 1 when there is none.
static double take_magnitude(text_slice *s, bool after_money) {
  text_slice word = first_word(*s);
  for (size_t i = 0; i < sizeof magnitudes / sizeof magnitudes[0]; i++) {
    bool money_k = after_money && i == 0 && text_equal(word, "K");
    if (!text_equal(word, magnitudes[i].word) && !money_k) continue;
    text_slice rest = after(*s, word.n), next = skip_spaces(rest);
    bool       ends = next.n == 0 || take_divider(next).n < next.n;
    unit       u;
    if (!ends && (next.n == rest.n || !find_factor(first_word(next), &u))) break;
    if (!ends && magnitudes[i].letter && !is_countable(&u)) break;
    *s = next;
    return magnitudes[i].scale;
  }
  return 1;
}

// name {"-" name}, multiplied into u with the sign; *s moves behind it.
static bool take_product(text_slice *s, int sign, unit *u, bool *lone, text_slice *bad) {
  for (bool first = true;; first = false) {
    text_slice word = first_word(*s);
    unit       factor;
    *bad = word.n > 0 ? word : *s;
    if (word.n == 0 || !find_factor(word, &factor)) return false;
    *s = after(*s, word.n);
    bool more = starts_with(*s, "-");
    if (*lone && first && !more && skip_spaces(*s).n == 0) *u = factor;  // keeps the offset of "degC"
    else if (!multiply(u, &factor, sign)) return false;
    *lone = false;
    if (!more) return true;
    *s = after(*s, 1);
  }
}

// The whole of s, multiplied onto `start`; money: `start` is a currency that stood before the number.
static bool parse_expression(text_slice s, const unit *start, bool money, unit *out, text_slice *bad) {
  unit   u = *start;
  double magnitude = take_magnitude(&s, money);
  bool   lone = magnitude == 1 && !money;
  u.scale *= magnitude;
  s = skip_spaces(s);
  if (s.n > 1 && s.at[0] == '1' && s.at[1] == '/') s = after(s, 1);  // "1/yr"
  if (s.n > 0 && take_divider(s).n == s.n) {  // a numerator
    if (money) {
      *bad = first_word(s).n > 0 ? first_word(s) : s;
      return false;
    }
    if (!take_product(&s, 1, &u, &lone, bad)) return false;
  }
  lone = false;
  for (s = skip_spaces(s); s.n > 0; s = skip_spaces(s)) {
    text_slice rest = take_divider(s);
    *bad = first_word(s).n > 0 ? first_word(s) : s;
    if (rest.n == s.n) return false;
    *bad = s;
    s = skip_spaces(rest);
    if (s.n == 0 || !take_product(&s, -1, &u, &lone, bad)) return false;
  }
  *out = u;
  return true;
}

bool unit_parse(text_slice s, unit *out, text_slice *bad) {
  text_slice ignored;
  return parse_expression(text_trim(s), &unit_none, false, out, bad ? bad : &ignored);
}

// ---- Quantities -----------------------------------------------------------------------------------------

// Takes "$", "US$" or "USD" that stands before a number; false when there is none.
static bool take_currency(text_slice *s) {
  static const char *const signs[] = {"$", "US$", "USD"};
  for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
    if (!starts_with(*s, signs[i])) continue;
    *s = skip_spaces(after(*s, strlen(signs[i])));
    return true;
  }
  return false;
}

// "1,200 MW" or "2025:3": a number followed by what no unit begins with.
static bool number_runs_on(text_slice s, size_t n) {
  return n < s.n && (s.at[n] == ',' || s.at[n] == '.' || s.at[n] == '_' || s.at[n] == ':');
}

unit_result unit_read(text_slice s, unit_quantity *out, text_slice *bad) {
  text_slice ignored, all = text_trim(s), rest = all;
  if (!bad) bad = &ignored;
  bool minus = rest.n > 1 && rest.at[0] == '-' && (rest.at[1] == '$' || rest.at[1] == 'U');
  unit start = unit_none;
  if (minus) rest = after(rest, 1);
  bool money = take_currency(&rest);
  if (money) start.power[UNIT_MONEY] = 1;
  double number;
  size_t n = text_number_scan(rest, &number);
  *bad = all;
  if (n == 0 || (minus && (rest.at[0] == '-' || rest.at[0] == '+'))) return UNIT_NO_NUMBER;
  if (number_runs_on(rest, n)) {
    while (n < rest.n && !strchr(" \t", rest.at[n])) n++;
    *bad = (text_slice){rest.at, n};
    return UNIT_NO_NUMBER;
  }
  *bad = (text_slice){rest.at, n};
  if (!isfinite(number)) return UNIT_NOT_FINITE;
  unit_quantity q = {
      .number = minus ? -number : number, .number_text = {rest.at, n}
  };
  q.unit_text = skip_spaces(after(rest, n));
  q.has_unit = money || q.unit_text.n > 0;
  *bad = first_word(q.unit_text);
  bool reciprocal = q.unit_text.n > 1 && q.unit_text.at[0] == '1' && q.unit_text.at[1] == '/';  // "0.2 1/yr"
  if (q.unit_text.n > 0 && q.unit_text.at[0] >= '0' && q.unit_text.at[0] <= '9' && !reciprocal) return UNIT_UNKNOWN;  // "1 200"
  if (!parse_expression(q.unit_text, &start, money, &q.of, bad)) return UNIT_UNKNOWN;
  *out = q;
  return UNIT_OK;
}

bool unit_same_dimension(const unit *a, const unit *b) { return memcmp(a->power, b->power, sizeof a->power) == 0; }

// A factor that is a whole number but for rounding becomes that number.
static double snap(double factor) {
  double whole = nearbyint(factor);
  return fabs(factor - whole) <= 1e-15 * factor ? whole : factor;
}

bool unit_convert(double number, const unit *from, const unit *to, double *out) {
  if (!unit_same_dimension(from, to)) return false;
  if (from->offset != to->offset) *out = (number * from->scale + (from->offset - to->offset)) / to->scale;
  else if (from->scale >= to->scale) *out = number * snap(from->scale / to->scale);
  else *out = number / snap(to->scale / from->scale);
  return true;
}

// ---- Words for dimensions -------------------------------------------------------------------------------

// clang-format off
static const struct { const char *word; int8_t power[UNIT_DIMENSIONS]; } dimensions[] = {
  {"a plain number", {0}},
  {"a number",       {0}},  // in compounds
  {"time",           {[UNIT_TIME] = 1}},
  {"power",          {[UNIT_POWER] = 1}},
  {"energy",         {[UNIT_POWER] = 1, [UNIT_TIME] = 1}},
  {"money",          {[UNIT_MONEY] = 1}},
  {"length",         {[UNIT_LENGTH] = 1}},
  {"area",           {[UNIT_LENGTH] = 2}},
  {"volume",         {[UNIT_LENGTH] = 3}},
  {"mass",           {[UNIT_MASS] = 1}},
  {"temperature",    {[UNIT_TEMPERATURE] = 1}},
  {"GPUs",           {[UNIT_GPU] = 1}},
  {"GPU time",       {[UNIT_GPU] = 1, [UNIT_TIME] = 1}},
  {"tokens",         {[UNIT_TOKEN] = 1}},
  {"computation",    {[UNIT_FLOP] = 1}},
  {"racks",          {[UNIT_RACK] = 1}},
  {"data",           {[UNIT_BIT] = 1}},
  {"jobs",           {[UNIT_JOB] = 1}},
  {"rack time",      {[UNIT_RACK] = 1, [UNIT_TIME] = 1}},
  {"computation per time (a rate)", {[UNIT_FLOP] = 1, [UNIT_TIME] = -1}},
  {"data per time (a rate)",        {[UNIT_BIT] = 1, [UNIT_TIME] = -1}},
  {"a rate per time",               {[UNIT_TIME] = -1}},
};
// Compounds of two of the words above.
static const char *const compounds[] = {
  "money per time", "money per power", "money per energy", "money per length", "money per area", "money per volume",
  "money per mass", "money per GPUs", "money per GPU time", "money per tokens", "money per computation",
  "money per racks", "money per rack time", "money per data", "money per jobs",
  "power per time", "power per money", "power per length", "power per area", "power per volume", "power per GPUs",
  "power per racks", "power per temperature", "power per mass",
  "energy per money", "energy per volume", "energy per area", "energy per mass", "energy per GPUs", "energy per tokens",
  "energy per computation", "energy per data", "energy per jobs", "energy per temperature",
  "mass per time", "mass per power", "mass per energy", "mass per volume", "mass per money", "mass per GPUs",
  "volume per time", "volume per power", "volume per energy", "volume per GPUs",
  "area per power", "area per time", "area per racks", "length per time", "temperature per time",
  "GPUs per time", "GPUs per power", "GPUs per racks", "GPUs per money", "GPUs per jobs", "GPU time per money",
  "tokens per time", "tokens per energy", "tokens per money", "tokens per GPUs", "tokens per GPU time",
  "tokens per jobs",
  "computation per tokens", "computation per energy", "computation per money", "computation per data",
  "racks per time", "racks per power", "racks per area", "jobs per time", "jobs per GPUs", "data per tokens",
  "data per GPUs",
  "time per power", "time per GPUs", "time per jobs", "time per tokens", "time per length",
  "a number per money", "a number per power", "a number per energy", "a number per GPUs",
  "a number per GPU time", "a number per racks", "a number per temperature", "a number per jobs",
  "a number per length", "a number per tokens", "a number per area", "a number per volume",
};
// clang-format on

static const int8_t *dimension_power(text_slice word) {
  for (size_t i = 0; i < sizeof dimensions / sizeof dimensions[0]; i++)
    if (text_equal(word, dimensions[i].word)) return dimensions[i].power;
  return dimensions[0].power;
}

static bool is_compound(const unit *u, const char *name) {
  const char   *per = strstr(name, " per ");
  const int8_t *up = dimension_power((text_slice){name, (size_t)(per - name)});
  const int8_t *down = dimension_power(text_of(per + strlen(" per ")));
  for (int d = 0; d < UNIT_DIMENSIONS; d++)
    if (u->power[d] != up[d] - down[d]) return false;
  return true;
}

const char *unit_dimension_word(const unit *u) {
  for (size_t i = 0; i < sizeof dimensions / sizeof dimensions[0]; i++)
    if (memcmp(u->power, dimensions[i].power, sizeof u->power) == 0) return dimensions[i].word;
  for (size_t i = 0; i < sizeof compounds / sizeof compounds[0]; i++)
    if (is_compound(u, compounds[i])) return compounds[i];
  return "a compound of other dimensions";
}
