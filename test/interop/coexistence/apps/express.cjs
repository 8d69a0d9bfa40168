// AGENT names a module that sets up an agent. It is loaded first, as the agents' documentation says.
if (process.env.AGENT) require(process.env.AGENT)
const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js')
const { StreamableHTTPServerTransport } = require('@modelcontextprotocol/sdk/server/streamableHttp.js')
const express = require('express')
const http = require('node:http')
const { OpenAI } = require('openai')
require('./shop.cjs').serve({ express, http, OpenAI, McpServer, StreamableHTTPServerTransport })
