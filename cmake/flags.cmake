# Compiler flags. Binaries are portable (no -march=native) and their arithmetic is what the source says: no fused
# multiply-add (-ffp-contract=off), no -ffast-math. Asserts stay on everywhere: they cost nothing that was measured.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

set(CMAKE_C_FLAGS_RELEASE "-O3 -g")
# Small functions of one folder are inlined into another's loops: about a tenth of a scenario's time. Objects hold plain
# code as well, so that tests, of which there are many, link quickly.
set(STARGATE_LTO OFF)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
  set(STARGATE_LTO ON)
  add_compile_options("$<$<COMPILE_LANGUAGE:C>:-flto=auto;-ffat-lto-objects>")
endif()
set(CMAKE_C_FLAGS_DEBUG "-Og -g3")
set(CMAKE_C_FLAGS_SANITIZE "-O1 -g -fno-omit-frame-pointer")

# -fno-math-errno lets sqrt and friends be instructions; it changes no value.
add_compile_options(
  "$<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wconversion;-Wshadow;-Wdouble-promotion;-ffp-contract=off;-fno-math-errno>")

# AUTO: a compiler newer than those the project is tested with may warn about more without breaking anyone's build.
set(werror ${STARGATE_WERROR})
if(werror STREQUAL "AUTO")
  set(werror OFF)
  if((CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_C_COMPILER_VERSION MATCHES "^12\\.")
     OR (CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION MATCHES "^14\\."))
    set(werror ON)
  endif()
endif()
if(werror)
  add_compile_options("$<$<COMPILE_LANGUAGE:C>:-Werror>")
endif()

if(STARGATE_SANITIZE)
  add_compile_options("$<$<COMPILE_LANGUAGE:C>:-fsanitize=${STARGATE_SANITIZE};-fno-sanitize-recover=all>")
  add_link_options(-fsanitize=${STARGATE_SANITIZE})
endif()
if(STARGATE_FUZZ)
  add_compile_options("$<$<COMPILE_LANGUAGE:C>:-fsanitize=fuzzer-no-link>")
  # The program's own main would have no coverage runtime: only fuzzers are linked here.
endif()

find_program(CCACHE ccache)
mark_as_advanced(CCACHE)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
