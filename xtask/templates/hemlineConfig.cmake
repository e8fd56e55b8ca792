# hemline @VERSION@, found by find_package(hemline CONFIG). Gives the imported targets
#   hemline::hemline         the shared library
#   hemline::hemline_static  the static library, with the system libraries that it needs
include("${CMAKE_CURRENT_LIST_DIR}/hemlineTargets.cmake")
