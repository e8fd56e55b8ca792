// SPDX-License-Identifier: MIT OR Apache-2.0
using UnityEditor;
using UnityEngine;

namespace Hemline.Editor
{
    /// <summary>New meshes as assets of the project.</summary>
    internal static class MeshAssets
    {
        /// <summary>Saves a mesh in a folder under a name that is free; the folder is made where it is missing.</summary>
        internal static void Save(Mesh mesh, string folder)
        {
            string made = MakeFolder(folder);
            string name = mesh.name.Length == 0 ? "Mesh" : mesh.name;
            foreach (char forbidden in System.IO.Path.GetInvalidFileNameChars())
            {
                name = name.Replace(forbidden, '_');
            }

            AssetDatabase.CreateAsset(mesh, AssetDatabase.GenerateUniqueAssetPath(made + "/" + name + ".asset"));
        }

        /// <summary>The folder's path in the project; one that does not begin with Assets is taken from there.</summary>
        static string MakeFolder(string folder)
        {
            string made = "Assets";
            foreach (string part in folder.Split('/'))
            {
                if (part.Length == 0 || (part == "Assets" && made == "Assets"))
                {
                    continue;
                }

                if (!AssetDatabase.IsValidFolder(made + "/" + part))
                {
                    AssetDatabase.CreateFolder(made, part);
                }

                made += "/" + part;
            }

            return made;
        }
    }
}
