// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;

namespace Hemline
{
    /// <summary>The native library: its version, and settings of all calls.</summary>
    public static unsafe class Library
    {
        /// <summary>In place of an index: there is none (HEM_NO_INDEX).</summary>
        public const int NoIndex = -1;

        static readonly object Gate = new object();
        static readonly List<string> Folders = new List<string>();
        static volatile bool usable;

        /// <summary>Version of the package, which the library must have too.</summary>
        public static string PackageVersion
        {
            get
            {
                return NativeMethods.HEM_VERSION_MAJOR + "." + NativeMethods.HEM_VERSION_MINOR + "."
                    + NativeMethods.HEM_VERSION_PATCH;
            }
        }

        /// <summary>Name of the library's file on this platform; it carries the version.</summary>
        public static string FileName
        {
            get { return LibraryFile.Name; }
        }

        /// <summary>Version of the library.</summary>
        public static string Version
        {
            get
            {
                Require();
                return Utf8.Read(NativeMethods.hem_version_string());
            }
        }

        /// <summary>The instruction set in use: "avx512", "avx2", "neon" or "scalar".</summary>
        public static string CpuFeatures
        {
            get
            {
                Require();
                return Utf8.Read(NativeMethods.hem_cpu_features());
            }
        }

        /// <summary>Threads of all later calls; setting 0 restores the default, all cores.</summary>
        public static int ThreadCount
        {
            get
            {
                Require();
                UIntPtr count;
                Check(NativeMethods.hem_thread_count(&count));
                return (int)count;
            }

            set
            {
                Require();
                Check(NativeMethods.hem_set_thread_count(Arguments.Count(value, nameof(value))));
            }
        }

        /// <summary>Bytes that one call may use beyond its inputs and outputs; 0 restores 1 GiB.</summary>
        public static long MemoryBudget
        {
            get
            {
                Require();
                UIntPtr bytes;
                Check(NativeMethods.hem_memory_budget(&bytes));
                return (long)bytes;
            }

            set
            {
                Require();
                Check(NativeMethods.hem_set_memory_budget(Arguments.Count(value, nameof(value))));
            }
        }

        /// <summary>Rows that a thread takes at a time; 0, the default, leaves it to the library. Results do not depend on it.</summary>
        public static int BatchSize
        {
            get
            {
                Require();
                UIntPtr rows;
                Check(NativeMethods.hem_batch_size(&rows));
                return (int)rows;
            }

            set
            {
                Require();
                Check(NativeMethods.hem_set_batch_size(Arguments.Count(value, nameof(value))));
            }
        }

        /// <summary>Folder in which the plugin may lie: its file is checked before it is loaded.</summary>
        public static void AddFolder(string folder)
        {
            lock (Gate)
            {
                if (!Folders.Contains(folder))
                {
                    Folders.Add(folder);
                }
            }
        }

        /// <summary>
        /// Makes sure that the library is there and fits; every other call does so itself. Call it first
        /// nevertheless where a broken file is possible: mono loads a library when it compiles a method
        /// that calls it, and a file that is cut off may crash the process then.
        /// </summary>
        /// <exception cref="LibraryUnusableException">Why it cannot be used.</exception>
        public static void Require()
        {
            if (usable)
            {
                return;
            }

            lock (Gate)
            {
                var candidates = Candidates();
                foreach (string file in candidates)
                {
                    string fault = LibraryFile.Fault(file);
                    if (fault != null)
                    {
                        throw new LibraryUnusableException(file + " cannot be loaded: " + fault);
                    }
                }

                ShakeHands(candidates);
                usable = true;
            }
        }

        internal static void Check(Status status)
        {
            if (status != Status.Ok)
            {
                throw new HemlineException(status, Utf8.Read(NativeMethods.hem_last_error_message()));
            }
        }

        static void ShakeHands(List<string> candidates)
        {
            uint abi;
            string version;
            try
            {
                abi = NativeMethods.hem_abi_version();
                version = Utf8.Read(NativeMethods.hem_version_string());
            }
            catch (DllNotFoundException error)
            {
                throw new LibraryUnusableException(
                    candidates.Count > 0
                        ? candidates[0] + " cannot be loaded: " + error.Message
                        : "there is no native library " + LibraryFile.Name + ": the package's folder Plugins holds none "
                            + "for this platform (a checkout has none at all, cargo xtask unity adds it)",
                    error);
            }
            catch (BadImageFormatException error)
            {
                throw new LibraryUnusableException(
                    LibraryFile.Name + " is no library for this process: " + error.Message, error);
            }
            catch (EntryPointNotFoundException error)
            {
                throw new LibraryUnusableException(
                    LibraryFile.Name + " is not hemline: it does not export hem_abi_version", error);
            }

            if (abi != NativeMethods.HEM_ABI_VERSION)
            {
                throw new LibraryUnusableException(
                    LibraryFile.Name + " has ABI version " + abi + ", expected " + NativeMethods.HEM_ABI_VERSION
                    + ": package and library are of different releases");
            }

            if (version != PackageVersion)
            {
                throw new LibraryUnusableException(
                    LibraryFile.Name + " has version " + version + ", expected " + PackageVersion);
            }
        }

        static List<string> Candidates()
        {
            var folders = new List<string>(Folders);
            string own = Assembly.GetExecutingAssembly().Location;
            if (!string.IsNullOrEmpty(own))
            {
                folders.Add(Path.GetDirectoryName(own));
            }

            var found = new List<string>();
            foreach (string folder in folders)
            {
                string file = Path.Combine(folder, LibraryFile.Name);
                if (File.Exists(file))
                {
                    found.Add(file);
                }
            }

            return found;
        }
    }
}
