# The front end: scripts/web.sh bundles web/ into the build directory, and the files go into the library for src/report/html.h.

function(stargate_web out_source)
  find_program(NODE node)
  find_program(NPM npm)
  if(NOT NODE OR NOT NPM)
    message(FATAL_ERROR "node and npm are missing: scripts/setup.sh build installs them")
  endif()
  set(web "${PROJECT_SOURCE_DIR}/web")
  set(root "${PROJECT_BINARY_DIR}/web")
  set(files app.css app.js favicon.svg index.html report.html)
  list(TRANSFORM files PREPEND "${root}/" OUTPUT_VARIABLE outputs)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${web}/src/*")
  add_custom_command(OUTPUT ${outputs}
    COMMAND "${PROJECT_SOURCE_DIR}/scripts/web.sh" "${root}"
    DEPENDS ${sources} "${web}/build.mjs" "${web}/package-lock.json" "${PROJECT_SOURCE_DIR}/scripts/web.sh"
    COMMENT "Bundling the page and the report"
    VERBATIM)

  set(source "${PROJECT_BINARY_DIR}/web_assets.S")
  stargate_embed_table("${source}" report_asset_files report_asset_count "${root}" "${files}")
  set(${out_source} "${source}" PARENT_SCOPE)
endfunction()
