// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Collections.Generic;

namespace Hemline
{
    /// <summary>What a retarget gives.</summary>
    public sealed class RetargetResult
    {
        internal RetargetResult(Outfit outfit, int[] ownBones, IReadOnlyList<string> warnings)
        {
            Outfit = outfit;
            OwnBones = ownBones;
            Warnings = warnings;
        }

        /// <summary>
        /// The outfit on the target at rest. Its skeleton has the target's bones first, in their order, then
        /// the outfit's own.
        /// </summary>
        public Outfit Outfit { get; }

        /// <summary>The bone of the given outfit that each own bone was.</summary>
        public int[] OwnBones { get; }

        /// <summary>What a user should know.</summary>
        public IReadOnlyList<string> Warnings { get; }
    }
}
