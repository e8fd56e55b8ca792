#include "retarget_files.hpp"

#define TINYOBJLOADER_IMPLEMENTATION
#include <tiny_obj_loader.h>

#include <fstream>
#include <limits>
#include <stdexcept>

namespace {

template <class Stream> Stream open(const std::filesystem::path &path)
{
    Stream stream(path);
    if (!stream)
        throw std::runtime_error(path.string() + ": cannot be opened");
    // Nine digits tell every float apart.
    stream.precision(std::numeric_limits<float>::max_digits10);
    return stream;
}

void finish(std::ofstream &stream, const std::filesystem::path &path)
{
    if (!stream.flush())
        throw std::runtime_error(path.string() + ": cannot be written");
}

// The number after `word`, with the rest of its line.
std::size_t read_header(std::ifstream &stream, const char *word, const std::filesystem::path &path)
{
    std::string found;
    std::size_t number = 0;
    if (!(stream >> found >> number) || found != word)
        throw std::runtime_error(path.string() + ": expected `" + word + "` and a number");
    stream.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    return number;
}

} // namespace

Mesh read_mesh(const std::filesystem::path &path)
{
    tinyobj::ObjReader reader;
    if (!reader.ParseFromFile(path.string()))
        throw std::runtime_error(path.string() + ": " + reader.Error());
    Mesh mesh;
    mesh.points = reader.GetAttrib().vertices;
    for (const tinyobj::shape_t &shape : reader.GetShapes())
        for (const tinyobj::index_t &corner : shape.mesh.indices)
            mesh.triangles.push_back(static_cast<std::uint32_t>(corner.vertex_index));
    return mesh;
}

Weights read_weights(const std::filesystem::path &path)
{
    auto stream = open<std::ifstream>(path);
    Weights weights;
    weights.names.resize(read_header(stream, "groups", path));
    for (std::string &name : weights.names)
        std::getline(stream, name);
    weights.offsets.resize(read_header(stream, "vertices", path) + 1);
    for (std::size_t vertex = 1; vertex < weights.offsets.size(); ++vertex) {
        std::size_t count = 0;
        for (stream >> count; stream && count > 0; --count) {
            std::uint32_t group = 0;
            float value = 0;
            stream >> group >> value;
            weights.groups.push_back(group);
            weights.values.push_back(value);
        }
        weights.offsets[vertex] = static_cast<std::uint32_t>(weights.groups.size());
    }
    if (!stream)
        throw std::runtime_error(path.string() + ": ends too early, or holds what is no number");
    return weights;
}

void write_mesh(const std::filesystem::path &path, const Mesh &mesh)
{
    auto stream = open<std::ofstream>(path);
    for (std::size_t i = 0; i < mesh.points.size(); i += 3)
        stream << "v " << mesh.points[i] << ' ' << mesh.points[i + 1] << ' ' << mesh.points[i + 2] << '\n';
    for (std::size_t i = 0; i < mesh.triangles.size(); i += 3)
        stream << "f " << mesh.triangles[i] + 1 << ' ' << mesh.triangles[i + 1] + 1 << ' ' << mesh.triangles[i + 2] + 1
               << '\n';
    finish(stream, path);
}

void write_weights(const std::filesystem::path &path, const std::vector<std::string> &names, const hemline::Rows &rows)
{
    auto stream = open<std::ofstream>(path);
    stream << "groups " << names.size() << '\n';
    for (const std::string &name : names)
        stream << name << '\n';
    stream << "vertices " << rows.vertex_count() << '\n';
    for (std::size_t vertex = 0; vertex < rows.vertex_count(); ++vertex) {
        stream << rows.offsets[vertex + 1] - rows.offsets[vertex];
        for (std::size_t entry = rows.offsets[vertex]; entry < rows.offsets[vertex + 1]; ++entry)
            stream << ' ' << rows.groups[entry] << ' ' << rows.weights[entry];
        stream << '\n';
    }
    finish(stream, path);
}
