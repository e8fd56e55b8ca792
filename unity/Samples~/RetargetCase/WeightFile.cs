// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Hemline.Samples
{
    /// <summary>Skin weights as text: the groups' names, then a line of groups and weights for each vertex.</summary>
    public sealed class WeightFile
    {
        /// <param name="names">A name for each group.</param>
        /// <param name="rows">A row for each vertex.</param>
        public WeightFile(string[] names, RowArrays rows)
        {
            Names = names;
            Rows = rows;
        }

        /// <summary>A name for each group.</summary>
        public string[] Names { get; }

        /// <summary>A row for each vertex.</summary>
        public RowArrays Rows { get; }

        /// <summary>Reads a file.</summary>
        public static WeightFile Read(string path)
        {
            string[] lines = File.ReadAllLines(path);
            string[] names = new string[Header(lines[0], "groups", path)];
            Array.Copy(lines, 1, names, 0, names.Length);
            int[] offsets = new int[Header(lines[1 + names.Length], "vertices", path) + 1];
            var groups = new List<int>();
            var weights = new List<float>();
            for (int vertex = 0; vertex + 1 < offsets.Length; vertex++)
            {
                string[] words = lines[2 + names.Length + vertex].Split(' ');
                for (int word = 1; word < words.Length; word += 2)
                {
                    groups.Add(int.Parse(words[word], CultureInfo.InvariantCulture));
                    weights.Add(Numbers.Float(words[word + 1]));
                }

                offsets[vertex + 1] = groups.Count;
            }

            return new WeightFile(names, new RowArrays(offsets, groups.ToArray(), weights.ToArray(), names.Length));
        }

        /// <summary>Writes a file that reads back with the same bits.</summary>
        public void Write(string path)
        {
            using (var file = new StreamWriter(path))
            {
                file.Write("groups " + Names.Length + "\n" + string.Join("\n", Names) + "\n");
                file.Write("vertices " + Rows.VertexCount + "\n");
                for (int vertex = 0; vertex < Rows.VertexCount; vertex++)
                {
                    int end = Rows.Offsets[vertex + 1];
                    file.Write(end - Rows.Offsets[vertex]);
                    for (int entry = Rows.Offsets[vertex]; entry < end; entry++)
                    {
                        file.Write(" " + Rows.Groups[entry] + " " + Numbers.Text(Rows.Weights[entry]));
                    }

                    file.Write("\n");
                }
            }
        }

        static int Header(string line, string word, string path)
        {
            if (!line.StartsWith(word + " ", StringComparison.Ordinal))
            {
                throw new InvalidDataException(path + ": `" + line + "`, expected " + word + " and a number");
            }

            return int.Parse(line.Substring(word.Length + 1), CultureInfo.InvariantCulture);
        }
    }
}
