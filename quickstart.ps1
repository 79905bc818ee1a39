<#
.SYNOPSIS
    Builds the engine and its module and hashes every file of some folders in parallel.
.DESCRIPTION
    What quickstart.sh does, for Windows: runs in PowerShell 7 and in Windows
    PowerShell 5.1. What is installed for this project alone lies in .setup (git-ignored).
.EXAMPLE
    .\quickstart.ps1 C:\Users\me\Documents
#>
[CmdletBinding()]
param(
    # Without any: this repository.
    [Parameter(Position = 0, ValueFromRemainingArguments = $true)]
    [string[]] $Folder = @($PSScriptRoot)
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$pwshNeeded = [version] '7.4'
$dotnetSdkNeeded = 8
$pwshFolder = Join-Path $PSScriptRoot '.setup/pwsh'
$moduleFolder = Join-Path $PSScriptRoot 'pwsh/OrchestrationEngine'
$moduleProject = Join-Path $PSScriptRoot 'pwsh/src/OrchestrationEngine.ForEachObject'

# Windows PowerShell 5.1 has no $IsLinux and $IsMacOS, and runs nowhere else.
$isWindowsHere = $env:OS -eq 'Windows_NT'
$isMacHere = -not $isWindowsHere -and (Get-Variable IsMacOS -ValueOnly)

$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'

function Write-Step([string] $Text) { Write-Host "== $Text" }

function Test-Command([string] $Name) {
    $null -ne (Get-Command $Name -CommandType Application -ErrorAction SilentlyContinue)
}

# Runs a program and stops at its failure, which PowerShell itself would pass over.
function Invoke-Program([string] $Program, [string[]] $Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "'$Program $Arguments' ended with exit code $LASTEXITCODE." }
}

function Assert-Cargo {
    if (Test-Command cargo) { return }
    throw 'Rust (cargo) is missing; the engine is written in it. What to do: install it from https://rustup.rs with the MSVC build tools, open a new window, and run this again.'
}

function Get-DotnetMajor {
    if (-not (Test-Command dotnet)) { return 0 }
    $majors = @(dotnet --list-sdks | ForEach-Object { [int] $_.Split('.')[0] } | Sort-Object)
    if ($majors.Count -eq 0) { 0 } else { $majors[-1] }
}

function Assert-Dotnet {
    if ((Get-DotnetMajor) -ge $dotnetSdkNeeded) { return }
    throw "The .NET SDK $dotnetSdkNeeded or newer is missing; the module's assemblies are built with it. What to do: install it from https://dotnet.microsoft.com/download, open a new window, and run this again."
}

function Test-Pwsh([string] $Path) {
    if (-not (Test-Command $Path)) { return $false }
    $version = (& $Path --version) -replace '^PowerShell ' -replace '[-+].*$'
    [version] $version -ge $pwshNeeded
}

function Find-Pwsh {
    foreach ($candidate in 'pwsh', (Join-Path $pwshFolder 'pwsh')) {
        if (Test-Pwsh $candidate) { return $candidate }
    }
}

# Each PowerShell is built for one .NET: 7.4 for 8, 7.5 for 9, 7.6 for 10.
function Install-Pwsh {
    Write-Step 'PowerShell 7 is not on PATH; installing it into .setup/pwsh'
    dotnet tool install PowerShell --version "7.$((Get-DotnetMajor) - 4).*" --tool-path $pwshFolder | Out-Host
}

# In Windows and macOS there is no SQLite to link with, so it is built in.
function Get-CargoFeature {
    $namesSqlite = Select-String -LiteralPath (Join-Path $PSScriptRoot 'Cargo.toml') -Pattern '^rusqlite\s*=' -Quiet
    if ($namesSqlite -and ($isWindowsHere -or $isMacHere)) { '--features', 'rusqlite/bundled' }
}

function Get-NativeLibrary {
    $architecture = [Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString().ToLowerInvariant()
    if ($isWindowsHere) { return @{ Folder = "win-$architecture"; File = 'orchestration_engine.dll' } }
    if ($isMacHere) { return @{ Folder = "osx-$architecture"; File = 'liborchestration_engine.dylib' } }
    @{ Folder = "linux-$architecture"; File = 'liborchestration_engine.so' }
}

function Build-NativeLibrary {
    Write-Step 'building the native library'
    Invoke-Program cargo (@('build', '--release', '--quiet') + @(Get-CargoFeature))
    $library = Get-NativeLibrary
    $folder = Join-Path $moduleFolder $library.Folder
    $null = New-Item $folder -ItemType Directory -Force
    Copy-Changed (Join-Path $PSScriptRoot "target/release/$($library.File)") $folder
}

# Windows refuses to replace a library that is loaded, so one that is the same stays.
function Copy-Changed([string] $Path, [string] $Destination) {
    $there = Join-Path $Destination (Split-Path $Path -Leaf)
    if ((Test-Path $there) -and (Get-FileHash $there).Hash -eq (Get-FileHash $Path).Hash) { return }
    Copy-Item $Path $Destination
}

function Build-Module {
    Write-Step 'building the module'
    Invoke-Program dotnet @('build', $moduleProject, '--configuration', 'Release', '--verbosity', 'quiet', '-nologo')
    foreach ($assembly in 'OrchestrationEngine.Native', 'OrchestrationEngine.PowerShell', 'OrchestrationEngine.ForEachObject') {
        Copy-Changed "$moduleProject/bin/Release/net8.0/$assembly.dll" $moduleFolder
        Copy-Changed "$moduleProject/bin/Release/net8.0/$assembly.pdb" $moduleFolder
    }
}

$Folder = @($Folder | ForEach-Object { (Resolve-Path -LiteralPath $_).ProviderPath })
Push-Location $PSScriptRoot
try {
    Assert-Cargo
    Assert-Dotnet
    Build-NativeLibrary
    Build-Module
    $pwsh = Find-Pwsh
    if (-not $pwsh) {
        Install-Pwsh
        $pwsh = Find-Pwsh
    }
    if ($pwsh) {
        Write-Step 'hashing with Invoke-ParallelOrchestration, and beside it with ForEach-Object -Parallel'
        Invoke-Program $pwsh (@('-NoProfile', '-NonInteractive', '-File', (Join-Path $PSScriptRoot 'examples/quickstart.ps1')) + $Folder)
    } else {
        Write-Warning "PowerShell $pwshNeeded or newer (pwsh) is missing, so the module cannot be imported. What to do: winget install Microsoft.PowerShell, or see https://aka.ms/powershell."
        Write-Step 'hashing through the .NET host instead, which has no PowerShell in it'
        Invoke-Program dotnet (@('run', '--configuration', 'Release', '--project', (Join-Path $PSScriptRoot 'examples/HashFiles'), '--') + $Folder)
    }
} finally {
    Pop-Location
}
