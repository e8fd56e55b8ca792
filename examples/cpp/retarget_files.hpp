// The files of a retarget case (../README.md): OBJ meshes and skin weights. What is wrong with a file is thrown as
// std::runtime_error, whose text names it.
#pragma once

#include <hemline.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

struct Mesh {
    std::vector<float> points;            // x y z x y z
    std::vector<std::uint32_t> triangles; // 3 vertices each
};

struct Weights {
    std::vector<std::string> names; // of the groups
    std::vector<std::uint32_t> offsets, groups;
    std::vector<float> values;

    hemline::Rows rows() const { return {offsets, groups, values, names.size()}; }
};

Mesh read_mesh(const std::filesystem::path &path);
Weights read_weights(const std::filesystem::path &path);
void write_mesh(const std::filesystem::path &path, const Mesh &mesh);
void write_weights(const std::filesystem::path &path, const std::vector<std::string> &names, const hemline::Rows &rows);
