# For BeforeAll: the tools, and the preferences of a user's session, whatever those of the script that runs the tests.
$ErrorActionPreference = 'Continue'
Set-StrictMode -Off
Import-Module (Join-Path $PSScriptRoot 'TestTools.psm1') -Force
