# SPDX-License-Identifier: GPL-3.0-or-later
"""Japanese texts of the add-on."""

_ANY, _OPERATOR = "*", "Operator"

_LABELS = {
    "Transfer Weights": "ウェイトを転送",
    "Smooth Weights": "ウェイトを滑らかにする",
    "Retarget Outfit": "衣装を着せ替え",
    "Preferences": "設定",
    "Advanced": "詳細設定",
    "Select the outfits, then the body": "衣装を選択し、最後に素体を選択",
    "Influences": "影響ボーン数",
    "Bones that a vertex follows at most": "1頂点が従うボーンの最大数",
    "Mix": "ミックス",
    "1 replaces the present weights, 0 keeps them": "1で現在のウェイトを置き換え、0で維持",
    "Keep Own Bones": "衣装のボーンを維持",
    "Bones that only the outfit has (skirts, ribbons) keep their share": (
        "衣装だけが持つボーン(スカート、リボンなど)の割合を維持"
    ),
    "Rigid Parts": "剛体パーツ",
    "Separate parts that follow one bone, such as buttons, stay rigid": (
        "ボタンなど1つのボーンに従う独立パーツを変形させない"
    ),
    "Symmetry": "左右対称",
    "Left and right halves that mirror each other get mirrored weights": (
        "左右対称な部分に対称なウェイトを与える"
    ),
    "Radius": "半径",
    "Distance over which weights are smoothed": "ウェイトを滑らかにする距離",
    "Iterations": "反復回数",
    "Factor": "係数",
    "Outfit": "衣装",
    "FBX of the outfit": "衣装のFBX",
    "Result": "結果",
    "FBX to write": "書き出すFBX",
    "Options": "オプション",
    "More options of the command line, such as --hips-position=0,-0.02,0.85": (
        "コマンドラインのその他のオプション(例: --hips-position=0,-0.02,0.85)"
    ),
    "Report": "レポート",
    "Write a page with pictures, measures and warnings beside the result": (
        "画像、測定値、警告を載せたページを結果の隣に書き出す"
    ),
    "Initial Pose": "初期ポーズ",
    "JSON of the outfit's initial pose": "衣装の初期ポーズのJSON",
    "Avatar": "アバター",
    "FBX of the target avatar": "対象アバターのFBX",
    "Config": "コンフィグ",
    "JSON that names the pair's data files": "データファイルを指定するJSON",
    "Check": "確認",
    "Only tell what is wrong with the files": "ファイルの問題点だけを表示",
    "Make Avatar Data": "アバターデータを作成",
    "Select the source's armature, then the target's": (
        "元のアーマチュアを選択し、最後に対象のアーマチュアを選択"
    ),
    "Folder": "フォルダー",
    "Where the avatar's files are written": "アバターのファイルの書き出し先",
    "Mirrored Field": "ミラーフィールド",
    "Both bodies are symmetric: the file holds one side": (
        "両方の素体が左右対称の場合、片側だけを保存"
    ),
    "Field Spacing": "フィールドの間隔",
    "Distance between the field's samples near the body": "素体付近のサンプル間の距離",
    "Vertices to look at": "確認が必要な頂点",
    "Warnings": "警告",
    "Threads": "スレッド数",
    "Threads that hemline uses; 0 for all cores. Results do not depend on it": (
        "hemlineが使うスレッド数。0で全コア。結果は変わりません"
    ),
    "Cache Memory (MiB)": "キャッシュメモリ (MiB)",
    "Memory for search structures that are kept between calls": (
        "次の処理のために残す検索構造のメモリ"
    ),
    "The native library is not in use: everything is slower": (
        "ネイティブライブラリが使われていないため、処理が遅くなります"
    ),
    "Cancelled: nothing was changed": "キャンセルしました。何も変更されていません",
    "The files are in order": "ファイルに問題はありません",
    "Retargeted": "着せ替えが完了しました",
}

_MEASURES = {
    "Matched": "一致",
    "Vertices": "頂点数",
    "Triangles": "三角形数",
    "Shape keys": "シェイプキー数",
    "Deeper than 1 mm": "1 mm より深い頂点",
    "Deepest, mm": "最大の深さ (mm)",
    "Without weights": "ウェイトのない頂点",
    "Sum off by": "合計の誤差",
    "Most influences": "最大の影響数",
    "Mean influences": "平均の影響数",
    "Gradient, 1/m²": "勾配 (1/m²)",
    "Gradient before": "処理前の勾配",
    "Left from right": "左右の差",
    "On the wrong side": "反対側の頂点",
    "Longer by": "伸び(中央値)",
    "Longest 1 %": "伸び(上位 1 %)",
    "Shorter by": "縮み(中央値)",
    "Shortest 1 %": "縮み(上位 1 %)",
    "Inverted faces": "裏返った面",
}

_OPERATORS = {
    "Transfer Weights": "ウェイトを転送",
    "Smooth Weights": "ウェイトを滑らかにする",
    "Retarget Outfit": "衣装を着せ替え",
    "Make Avatar Data": "アバターデータを作成",
    "Check": "確認",
    "Open Report": "レポートを開く",
    "Select": "選択",
    "Clear Cache": "キャッシュを消去",
    "Add Avatar": "アバターを追加",
    "Remove Avatar": "アバターを削除",
}

_TOOLTIPS = {
    "Give the selected outfits the skin weights of the active body": (
        "アクティブな素体のスキンウェイトを選択中の衣装に与える"
    ),
    "Select the vertices that a job found to be looked at": "確認が必要と判定された頂点を選択",
    "Smooth the skin weights of the selected meshes over a distance": (
        "選択中のメッシュのスキンウェイトを一定距離で滑らかにする"
    ),
    "Carry an outfit from its avatar to another one, file to file": (
        "衣装を元のアバターから別のアバターへファイル単位で変換"
    ),
    "Write the avatar's data files; with a second armature selected, those of the pair, too": (
        "アバターのデータファイルを書き出す。2つ目のアーマチュアを選択するとペアのファイルも作成"
    ),
    "Drop all search structures that are kept between calls": "保持している検索構造をすべて破棄",
    "Add an avatar to the chain": "アバターを追加",
    "Remove the last avatar of the chain": "最後のアバターを削除",
}

_JAPANESE = {
    **{
        (_ANY, text): translated
        for text, translated in {**_LABELS, **_MEASURES, **_TOOLTIPS}.items()
    },
    **{(_OPERATOR, text): translated for text, translated in _OPERATORS.items()},
}

#: For `bpy.app.translations.register`; Blender 4.x still answers to both names of Japanese.
TRANSLATIONS = {"ja_JP": _JAPANESE, "ja": _JAPANESE}
