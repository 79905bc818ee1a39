# -ImportModule imports modules into the runspaces of the items, once each.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'What outlives an item is tested')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll hands variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
    $folder = Join-Path $TestDrive 'OeThings'
    $null = New-Item $folder -ItemType Directory
    $path = Join-Path $folder 'OeThings.psm1'
    Set-Content $path @'
$script:Imports = [guid]::NewGuid()
$script:Calls = 0
function Get-OeThing { "thing $args" }
function Get-OeImport { $script:Imports }
function Add-OeCall { ++$script:Calls }
$OeShared = 'shared'
Export-ModuleMember -Function * -Variable OeShared
'@
    $manifest = Join-Path $folder 'OeThings.psd1'
    New-ModuleManifest $manifest -RootModule OeThings.psm1 -ModuleVersion 2.1.0 -FunctionsToExport * -VariablesToExport *
    function Get-Refusal([scriptblock] $Call) { $Call | Should -Throw -PassThru }
}

AfterAll { Clear-OrchestrationPool }

Describe '-ImportModule' {
    It 'takes the path of <Name>' -ForEach @{ Name = 'a manifest'; Of = { $manifest } }, @{ Name = 'a .psm1 file'; Of = { $path } }, @{ Name = 'a folder'; Of = { $folder } } {
        1, 2 | Invoke-ParallelOrchestration -Ordered -ImportModule (& $Of) { Get-OeThing $_ } | Should -Be 'thing 1', 'thing 2'
    }

    It 'is needed for that' {
        1 | Invoke-ParallelOrchestration { @(Get-Command Get-OeThing -ErrorAction Ignore).Count } | Should -Be 0
    }

    It 'takes a path beside the location' {
        Push-Location $folder
        try { 1 | Invoke-ParallelOrchestration -ImportModule ./OeThings.psd1 { Get-OeThing $_ } | Should -Be 'thing 1' } finally { Pop-Location }
    }

    It 'takes the name of a module that is loaded, also by a wildcard' {
        Import-Module $manifest
        try {
            1 | Invoke-ParallelOrchestration -ImportModule OeThings { Get-OeThing $_ } | Should -Be 'thing 1'
            1 | Invoke-ParallelOrchestration -ImportModule OeThi* { Get-OeThing $_ } | Should -Be 'thing 1'
        } finally { Remove-Module OeThings }
    }

    It 'takes the name of a module that is installed' {
        $before = $env:PSModulePath
        $env:PSModulePath = "$TestDrive$([IO.Path]::PathSeparator)$before"
        try { 1 | Invoke-ParallelOrchestration -ImportModule OeThings { (Get-Module OeThings).Path } | Should -BeLike '*OeThings.psm1' } finally { $env:PSModulePath = $before }
    }

    It 'takes a specification' {
        1 | Invoke-ParallelOrchestration -ImportModule @{ ModuleName = $manifest; ModuleVersion = '2.0' } { "$((Get-Module OeThings).Version)" } | Should -Be '2.1.0'
    }

    It 'imports once a worker, not once an item or call' {
        $ids = 1..3 | ForEach-Object { 1..5 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportModule $manifest { "$(Get-OeImport) $([runspace]::DefaultRunspace.InstanceId)" } }
        $ids | Should -HaveCount 15
        # A call may find another warm worker, but no runspace imports twice.
        $byRunspace = $ids | Group-Object { $_.Split(' ')[1] }
        $byRunspace | ForEach-Object { @($_.Group | Sort-Object -Unique).Count } | Sort-Object -Unique | Should -Be 1
    }

    It 'keeps the exported variables through all items' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportModule $manifest { $global:oeTrace = 1; "$OeShared" } | Should -Be 'shared', 'shared', 'shared'
    }
}

Describe 'A module that cannot be imported' {
    It 'is an error before the first item if there is none of that name' {
        $failure = Get-Refusal { 1 | Invoke-ParallelOrchestration -ImportModule OeNoSuchModule { 'ran' } }
        $failure.FullyQualifiedErrorId | Should -Be "ImportModuleNotFound,$cmdlet"
        $failure.Exception.Message | Should -BeLike "There is no module 'OeNoSuchModule' to import.*"
        $failure.CategoryInfo.Category, $failure.TargetObject | Should -Be 'ObjectNotFound', 'OeNoSuchModule'
    }

    It 'is an error if there is no such path' {
        (Get-Refusal { 1 | Invoke-ParallelOrchestration -ImportModule ./no/such/module.psd1 { 'ran' } }).FullyQualifiedErrorId | Should -Be "ImportModuleNotFound,$cmdlet"
    }

    It 'is an error if it is of another version' {
        (Get-Refusal { 1 | Invoke-ParallelOrchestration -ImportModule @{ ModuleName = $manifest; ModuleVersion = '3.0' } { 'ran' } }).Exception.Message |
            Should -BeLike "There is no module '*OeThings.psd1 (version 3.0 or newer)' to import."
    }

    It 'is an error if it was made in memory' {
        $null = New-Module -Name OeMemory { function Get-OeMemory { } } | Import-Module -PassThru
        try { (Get-Refusal { 1 | Invoke-ParallelOrchestration -ImportModule OeMemory { 'ran' } }).FullyQualifiedErrorId | Should -Be "ImportModuleNotSupported,$cmdlet" } finally { Remove-Module OeMemory }
    }

    It 'is an error with its reason if it fails, and the next call works' {
        $broken = Join-Path $TestDrive 'OeBroken.psm1'
        Set-Content $broken "throw 'not today'"
        $failure = Get-Refusal { 1..3 | Invoke-ParallelOrchestration -ImportModule $broken { 'ran' } }
        $failure.FullyQualifiedErrorId | Should -Be "ModuleCannotBeImported,$cmdlet"
        $failure.Exception.Message | Should -Be "The module 'OeBroken' cannot be imported into the runspaces of the items: not today"
        1 | Invoke-ParallelOrchestration -ImportModule $manifest { Get-OeThing $_ } | Should -Be 'thing 1'
    }
}
