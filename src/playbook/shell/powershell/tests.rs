//! Every row of what PowerShell carries, and of what it refuses.

use super::super::tests::{all, none};

const SHELL: &str = "powershell";

const CARRIED: &[(&str, &str)] = &[
    // Bare words.
    ("Deploy-App -Port {{x}}", "Deploy-App -Port ${OE_VALUE_1}"),
    (
        "Deploy-App -Port:{{x}} -A",
        "Deploy-App -Port:${OE_VALUE_1} -A",
    ),
    ("Get-Item ./x/{{x}}/y", "Get-Item \"./x/${OE_VALUE_1}/y\""),
    ("Get-Item {{x}}.txt", "Get-Item \"${OE_VALUE_1}.txt\""),
    (
        "Get-Item {{x}}{{y}};a",
        "Get-Item \"${OE_VALUE_1}${OE_VALUE_2}\";a",
    ),
    (
        "Get-Item {{x}}, {{y}}",
        "Get-Item ${OE_VALUE_1}, ${OE_VALUE_2}",
    ),
    ("git {{x}}", "git \"${OE_VALUE_1}\""),
    (
        "git -C:{{x}} --a={{y}}",
        "git -C:\"${OE_VALUE_1}\" \"--a=${OE_VALUE_2}\"",
    ),
    ("git --a=\"{{x}} b\"/c", "git \"--a=${OE_VALUE_1} b/c\""),
    ("git --a='{{x}} $b'", "git \"--a=${OE_VALUE_1} `$b\""),
    ("git a[{{x}}]#b", "git \"a[${OE_VALUE_1}]#b\""),
    ("git $dir/{{x}}", "git \"$dir/${OE_VALUE_1}\""),
    ("git ${dir}{{x}}", "git \"${dir}${OE_VALUE_1}\""),
    (
        "git {{x}}/$(Get-B 'c')/d",
        "git \"${OE_VALUE_1}/$(Get-B 'c')/d\"",
    ),
    ("./run.ps1 -A {{x}}", "./run.ps1 -A ${OE_VALUE_1}"),
    ("& ./run.ps1 {{x}}", "& ./run.ps1 ${OE_VALUE_1}"),
    ("& 'a b.ps1' {{x}}", "& 'a b.ps1' ${OE_VALUE_1}"),
    ("& $tool {{x}}", "& $tool \"${OE_VALUE_1}\""),
    (
        "& { param($p) $p } {{x}}",
        "& { param($p) $p } ${OE_VALUE_1}",
    ),
    ("7z a {{x}}", "7z a \"${OE_VALUE_1}\""),
    ("Get-A `\n  -B {{x}}", "Get-A `\n  -B ${OE_VALUE_1}"),
    (
        "pwsh -NoProfile -File a.ps1 {{x}}",
        "pwsh -NoProfile -File a.ps1 \"${OE_VALUE_1}\"",
    ),
    ("bash run.sh {{x}}", "bash run.sh \"${OE_VALUE_1}\""),
    (
        "Get-A {{x}} 2>&1 | Out-Null",
        "Get-A ${OE_VALUE_1} 2>&1 | Out-Null",
    ),
    (
        "Get-A 'b' > out.txt; Get-C {{x}}",
        "Get-A 'b' > out.txt; Get-C ${OE_VALUE_1}",
    ),
    // Texts.
    (
        "Write-Output \"a {{x}} b\"",
        "Write-Output \"a ${OE_VALUE_1} b\"",
    ),
    (
        "Write-Output \"a `\" \"\"{{x}}.b[0]\"",
        "Write-Output \"a `\" \"\"${OE_VALUE_1}.b[0]\"",
    ),
    (
        "Write-Output \"$(Get-A {{x}} \"{{y}}\")\"",
        "Write-Output \"$(Get-A ${OE_VALUE_1} \"${OE_VALUE_2}\")\"",
    ),
    (
        "Write-Output \"a $($b) `$c{{x}}\"",
        "Write-Output \"a $($b) `$c${OE_VALUE_1}\"",
    ),
    (
        "Write-Output 'a {{x}} b'",
        "Write-Output \"a ${OE_VALUE_1} b\"",
    ),
    (
        "Write-Output 'it''s `$x \"{{x}}\" “'",
        "Write-Output \"it's ```$x `\"${OE_VALUE_1}`\" `“\"",
    ),
    (
        "Write-Output ‘a’’{{x}}‛",
        "Write-Output \"a’${OE_VALUE_1}\"",
    ),
    ("Write-Output “a {{x}}„", "Write-Output “a ${OE_VALUE_1}„"),
    (
        "Write-Output @\"\na \"{{x}}\"\n\"@ -B {{y}}",
        "Write-Output @\"\na \"${OE_VALUE_1}\"\n\"@ -B ${OE_VALUE_2}",
    ),
    (
        "Write-Output @'\na '$x' `\n\"@ {{x}}\n'@ -B {{y}}",
        "Write-Output @\"\na '`$x' ``\n`\"@ ${OE_VALUE_1}\n\"@ -B ${OE_VALUE_2}",
    ),
    (
        "Write-Output @'\nit's # $x\n'@ {{x}}",
        "Write-Output @'\nit's # $x\n'@ ${OE_VALUE_1}",
    ),
    // Expressions.
    ("$a = {{x}}", "$a = ${OE_VALUE_1}"),
    ("$a += {{x}} + 1", "$a += ${OE_VALUE_1} + 1"),
    ("$a = Get-B {{x}}", "$a = Get-B ${OE_VALUE_1}"),
    (
        "if ({{x}} -eq 'a' -and $b -ne {{y}}) { Get-A {{z}} }",
        "if (${OE_VALUE_1} -eq 'a' -and $b -ne ${OE_VALUE_2}) { Get-A ${OE_VALUE_3} }",
    ),
    (
        "if ($a) { 1 } else { Get-A {{x}} }",
        "if ($a) { 1 } else { Get-A ${OE_VALUE_1} }",
    ),
    (
        "foreach ($a in {{x}}) { $a }",
        "foreach ($a in ${OE_VALUE_1}) { $a }",
    ),
    (
        "foreach ($a in Get-B {{x}}) { $a }",
        "foreach ($a in Get-B ${OE_VALUE_1}) { $a }",
    ),
    (
        "switch ({{x}}) { 'a' { Get-A {{y}} } default { 'b' } }",
        "switch (${OE_VALUE_1}) { 'a' { Get-A ${OE_VALUE_2} } default { 'b' } }",
    ),
    (
        "try { Get-A {{x}} } catch [Exception] { throw {{y}} }",
        "try { Get-A ${OE_VALUE_1} } catch [Exception] { throw ${OE_VALUE_2} }",
    ),
    ("return {{x}}", "return ${OE_VALUE_1}"),
    ("exit {{x}}", "exit ${OE_VALUE_1}"),
    (
        "{{x}} | ForEach-Object { Get-A $_ {{y}} }",
        "${OE_VALUE_1} | ForEach-Object { Get-A $_ ${OE_VALUE_2} }",
    ),
    (
        "{{x}}, {{y}} | Get-A",
        "${OE_VALUE_1}, ${OE_VALUE_2} | Get-A",
    ),
    ("1..{{x}} | Get-A", "1..${OE_VALUE_1} | Get-A"),
    ("@({{x}}, 'b')", "@(${OE_VALUE_1}, 'b')"),
    (
        "@{ {{x}} = {{y}}; a = Get-B {{z}} }",
        "@{ ${OE_VALUE_1} = ${OE_VALUE_2}; a = Get-B ${OE_VALUE_3} }",
    ),
    (
        "@{\n  'a {{x}}' = '{{y}}'\n  b = 1 }",
        "@{\n  \"a ${OE_VALUE_1}\" = \"${OE_VALUE_2}\"\n  b = 1 }",
    ),
    ("$a[{{x}}]", "$a[${OE_VALUE_1}]"),
    (
        "$a.Add({{x}}, \"{{y}}\")",
        "$a.Add(${OE_VALUE_1}, \"${OE_VALUE_2}\")",
    ),
    ("[int]{{x}}", "[int]${OE_VALUE_1}"),
    (
        "[Math]::Max({{x}},\n  {{y}})",
        "[Math]::Max(${OE_VALUE_1},\n  ${OE_VALUE_2})",
    ),
    ("$a = {{x}}.Length", "$a = ${OE_VALUE_1}.Length"),
    ("'{0}' -f {{x}}", "'{0}' -f ${OE_VALUE_1}"),
    ("-not {{x}}", "-not ${OE_VALUE_1}"),
    ("$a ? {{x}} : {{y}}", "$a ? ${OE_VALUE_1} : ${OE_VALUE_2}"),
    (
        "Get-A # it's\nGet-B {{x}}",
        "Get-A # it's\nGet-B ${OE_VALUE_1}",
    ),
    ("Get-A <# it's #> {{x}}", "Get-A <# it's #> ${OE_VALUE_1}"),
    (
        "param($a) Get-B $a {{x}}",
        "param($a) Get-B $a ${OE_VALUE_1}",
    ),
    (
        "function f($a = {{x}}) { Get-A {{y}} }\nf 1",
        "function f($a = ${OE_VALUE_1}) { Get-A ${OE_VALUE_2} }\nf 1",
    ),
    (
        "Get-A | Where-Object { $_ -eq {{x}} } |\n  Get-B {{y}}",
        "Get-A | Where-Object { $_ -eq ${OE_VALUE_1} } |\n  Get-B ${OE_VALUE_2}",
    ),
    // Blocks that run elsewhere.
    (
        "1 | ForEach-Object -Parallel { Get-A {{x}} '{{y}}' }",
        "1 | ForEach-Object -Parallel { Get-A ${using:OE_VALUE_1} \"${using:OE_VALUE_2}\" }",
    ),
    (
        "Start-Job { Get-A {{x}} }",
        "Start-Job { Get-A ${using:OE_VALUE_1} }",
    ),
    (
        "Invoke-Command -ComputerName {{x}} { Get-A {{y}} }",
        "Invoke-Command -ComputerName ${OE_VALUE_1} { Get-A ${using:OE_VALUE_2} }",
    ),
    // What PowerShell reads itself.
    (
        "Get-A $params.x.y # $params.z {",
        "Get-A $params.x.y # $params.z {",
    ),
    (
        "Get-A \"$params.x.y\" '$params.x'",
        "Get-A \"${OE_VALUE_1}.y\" '$params.x'",
    ),
    ("$params.x = 1", "$params.x = 1"),
];

const REFUSED: &[(&str, &str)] = &[
    ("Get-A # {{x}}", "in a comment"),
    ("Get-A <# {{x}} #>", "in a comment"),
    ("Get-A `{{x}}", "after a backtick"),
    ("\"a `{{x}}\"", "after a backtick"),
    ("Get-A $x{{y}}", "behind the name of a variable"),
    ("\"$x{{y}}\"", "behind the name of a variable"),
    ("\"$env:{{y}}\"", "behind the name of a variable"),
    ("Get-A $x.b/{{y}}", "behind a member of a variable"),
    ("$x{{y}} = 1", "as a part of a word"),
    ("${a{{x}}}", "in the name of a variable"),
    ("\"${env:{{x}}}\"", "in the name of a variable"),
    ("[{{x}}]::new()", "in a type"),
    ("[ValidateSet('{{x}}')] $a", "in a type"),
    ("$a.{{x}}", "as the name of a member"),
    ("$a.'{{x}}'", "as the name of a member"),
    ("$a::{{x}}()", "as the name of a member"),
    ("$a.$({{x}})", "as the name of a member"),
    ("$a -{{x}} $b", "where an operator stands"),
    ("$a {{x}} $b", "where an operator stands"),
    ("({{x}} {{y}} $b)", "where an operator stands"),
    ("Get-A -{{x}} 1", "in the name of a parameter"),
    ("Get-A -B{{x}} 1", "in the name of a parameter"),
    ("git --{{x}}", "in the name of a parameter"),
    ("{{x}} arg", "where a command stands"),
    ("{{x}}", "where a command stands"),
    ("{{x}} -A 1", "where a command stands"),
    ("{{x}}.exe a", "where a command stands"),
    ("{{x}}/run a", "where a command stands"),
    ("a; {{x}}; b", "where a command stands"),
    ("a\n{{x}}\nb", "where a command stands"),
    ("a | {{x}}", "where a command stands"),
    ("if (1) { {{x}} }", "where a command stands"),
    ("$a = {{x}} arg", "as a part of a word"),
    ("& {{x}}", "in the name of a command"),
    ("& \"a{{x}}\"", "in the name of a command"),
    ("& (Join-Path {{x}} b)", "in the name of a command"),
    (". {{x}}", "in the name of a command"),
    (". './{{x}}.ps1'", "in the name of a command"),
    ("./{{x}}.ps1 a", "in the name of a command"),
    ("Get-{{x}} a", "in the name of a command"),
    ("Get-A @{{x}}", "as what is splatted"),
    ("Get-A > {{x}}", "as the target of a redirection"),
    ("Get-A 2> \"{{x}}.log\"", "as the target of a redirection"),
    ("$a >> {{x}}", "as the target of a redirection"),
    (":{{x}} foreach ($a in 1) { }", "in the name of a command"),
    ("break {{x}}", "as a label"),
    ("git --% {{x}}", "behind `--%`"),
    ("function {{x}} { }", "as the name of a function"),
    ("class A { [string] F() { return {{x}} } }", "in a class"),
    ("class A\n{ $b = '{{x}}' }", "in a class"),
    ("using module {{x}}", "in a `using`"),
    ("{{x}} = 1", "as what is set"),
    ("git a,{{x}}", "in a list"),
    ("git {{x}},a", "in a list"),
    ("git ({{x}})", "that a program may be given"),
    ("git {{x}}\"b\"", "in a word that holds quotes"),
    ("git \"b\"{{x}}", "in a word that holds quotes"),
    ("Get-A (b){{x}}", "behind what is in brackets"),
    ("Get-A {{x}}(b)", "before what is in brackets"),
    ("'a' -as {{x}}", "as the name of a type"),
    ("New-Object {{x}}", "as code or as a name"),
    ("1 | ForEach-Object {{x}}", "as code or as a name"),
    ("iex {{x}}", "as code"),
    ("iex \"a $(Get-B {{x}})\"", "as code"),
    ("& Invoke-Expression 'a {{x}}'", "as code"),
    (
        "Microsoft.PowerShell.Utility\\Invoke-Expression {{x}}",
        "as code",
    ),
    ("\"a {{x}}\" | iex", "as code"),
    ("Get-A {{x}} | Get-B |\n  Invoke-Expression", "as code"),
    ("Get-A {{x}}\n| Invoke-Expression", "as code"),
    ("[scriptblock]::Create('a {{x}}')", "as code"),
    (
        "& ([ScriptBlock]::Create(\"a $({{x}})\"))",
        "in the name of a command",
    ),
    ("$b = [ScriptBlock]::Create(\"a $({{x}})\")", "as code"),
    (
        "$ExecutionContext.InvokeCommand.InvokeScript({{x}})",
        "as code",
    ),
    (
        "$ExecutionContext.InvokeCommand.NewScriptBlock(\"{{x}}\")",
        "as code",
    ),
    (
        "$ExecutionContext.InvokeCommand.ExpandString({{x}})",
        "as code",
    ),
    (
        "[powershell]::Create().AddScript({{x}}).Invoke()",
        "as code",
    ),
    ("Set-Item function:a {{x}}", "as code"),
    ("$function:a = {{x}}", "as code"),
    ("Set-Alias a {{x}}", "as code"),
    ("Add-Type -TypeDefinition {{x}}", "as code"),
    ("Invoke-Command -ScriptBlock {{x}}", "as code"),
    (
        "Invoke-Command { Get-A {{x}} }",
        "in a block that runs elsewhere",
    ),
    ("pwsh -c {{x}}", "for another shell"),
    ("pwsh {{x}}", "for another shell"),
    ("powershell.exe -Command \"a {{x}}\"", "for another shell"),
    ("cmd /c \"echo {{x}}\"", "for another shell"),
    ("bash -c \"echo {{x}}\"", "for another shell"),
    ("sudo /bin/sh -ec 'ls {{x}}'", "for another shell"),
    ("bash {{x}} -c", "for another shell"),
    ("python3 -c {{x}}", "for another shell"),
    ("perl -e {{x}}", "for another shell"),
    ("docker exec a sh -c {{x}}", "for another shell"),
    ("ssh host ls {{x}}", "for another shell"),
    ("'{{x}}' | bash", "as code"),
    ("./run.bat {{x}}", "for another shell"),
    (
        "Start-Process pwsh -ArgumentList '-c', \"{{x}}\"",
        "for another shell",
    ),
    (
        "Start-Process -ArgumentList \"-c {{x}}\" -FilePath bash",
        "for another shell",
    ),
];

#[test]
fn powershell_reads_variables_in_the_quoting_of_their_place() {
    all(SHELL, CARRIED);
}

#[test]
fn powershell_is_given_no_value_that_it_would_read_again() {
    none(SHELL, REFUSED);
}
